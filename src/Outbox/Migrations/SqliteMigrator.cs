using System.Reflection;
using DbUp;
using DbUp.Builder;
using Messaging.Outbox.Store;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Messaging.Outbox.Migrations;

/// <summary>One process has the file; within it two migrations come one after the other.</summary>
internal sealed class SqliteMigrator(string connectionString, TableNames names) : IDatabaseMigrator
{
    private static readonly SemaphoreSlim Turn = new(1, 1);

    private readonly string _connectionString = new SqliteConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString;

    public async Task MigrateAsync(ILogger logger, CancellationToken cancellationToken, params IReadOnlyList<Assembly> assemblies)
    {
        await Turn.WaitAsync(cancellationToken);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(new SqliteConnectionStringBuilder(_connectionString).DataSource)!);
            RefuseForeign();
            Migration.Run(Engine(names.Prefix), Migration.OwnScripts("Sqlite"), new Migration.Names(names), logger);
            foreach (var assembly in assemblies)
            {
                Migration.Run(Engine(prefix: ""), Migration.ScriptsOf(assembly, "Sqlite"), preprocessor: null, logger);
            }
        }
        catch (SqliteException exception)
        {
            throw new MigrationException($"The database cannot be migrated. {Sqlite.SqliteErrors.Describe(exception)}", exception);
        }
        finally
        {
            Turn.Release();
        }
    }

    private UpgradeEngineBuilder Engine(string prefix) => DeployChanges.To.SqliteDatabase(_connectionString).JournalToSqliteTable(prefix + Migration.Journal);

    private void RefuseForeign()
    {
        using var connection = new SqliteConnection(_connectionString);
        connection.Open();
        var scripts = Migration.OwnScripts("Sqlite");
        var done = Journal(connection, names.Prefix + Migration.Journal, isOurs: true);
        if (!done.Contains(scripts[0].Name) && names.Prefix.Length > 0 && Journal(connection, Migration.Journal, isOurs: false).Contains(scripts[0].Name))
        {
            throw new MigrationException(
                $"The file has the outbox's tables already, without the prefix {names.Prefix}: leave the prefix out (UseSqlite(path)), "
                + "or take another file. Nothing was changed.",
                null);
        }

        foreach (var table in ScriptTable.Of(scripts).Where(t => !done.Contains(t.Script)))
        {
            if (Columns(connection, names.Prefix + table.Name) is { Count: > 0 } columns)
            {
                throw Foreign(names.Prefix + table.Name, columns);
            }
        }
    }

    private static HashSet<string> Journal(SqliteConnection connection, string table, bool isOurs)
    {
        var columns = Columns(connection, table);
        return columns.Contains("ScriptName", StringComparer.OrdinalIgnoreCase) ? [.. Read(connection, $"SELECT ScriptName FROM {table}")]
            : columns.Count > 0 && isOurs ? throw Foreign(table, columns)
            : [];
    }

    private static List<string> Columns(SqliteConnection connection, string table) => Read(connection, $"SELECT name FROM pragma_table_info('{table}')");

    private static List<string> Read(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var values = new List<string>();
        while (reader.Read())
        {
            values.Add(reader.GetString(0));
        }

        return values;
    }

    private static MigrationException Foreign(string table, IEnumerable<string> columns) =>
        ForeignTable.Error(table, columns, "a prefix, UseSqlite(…, tablePrefix: …)");
}
