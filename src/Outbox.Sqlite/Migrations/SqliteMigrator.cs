using Messaging.Outbox.Sqlite.Connections;
using System.Reflection;
using Messaging.Outbox.Migrations;
using Messaging.Outbox.Store;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Messaging.Outbox.Sqlite.Migrations;

/// <summary>Only one process uses the file; in it, migrations run one after the other.</summary>
internal sealed class SqliteMigrator(string connectionString, TableNames names) : IDatabaseMigrator
{
    private static readonly SemaphoreSlim Turn = new(1, 1);

    private readonly string _connectionString = new SqliteConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString;

    /// <summary>The library's scripts.</summary>
    public static IReadOnlyList<MigrationScript> OwnScripts => MigrationScript.Of(typeof(SqliteMigrator).Assembly, "Sqlite");

    public async Task MigrateAsync(ILogger logger, CancellationToken cancellationToken, params IReadOnlyList<Assembly> assemblies)
    {
        await Turn.WaitAsync(cancellationToken);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(new SqliteConnectionStringBuilder(_connectionString).DataSource)!);
            await using var connection = new SqliteConnection(_connectionString);
            await connection.OpenAsync(cancellationToken);
            RefuseForeign(connection);
            await new ScriptRun(connection, JournalWith(names.Prefix), logger).RunAsync(OwnScripts, names.InScript, cancellationToken);
            foreach (var assembly in assemblies)
            {
                await new ScriptRun(connection, JournalWith(prefix: ""), logger).RunAsync(MigrationScript.Of(assembly, "Sqlite"), text => text, cancellationToken);
            }
        }
        catch (SqliteException exception)
        {
            throw new MigrationException($"The database cannot be migrated. {SqliteErrors.Describe(exception)}", exception);
        }
        finally
        {
            Turn.Release();
        }
    }

    private static Journal JournalWith(string prefix) => new(
        prefix + Journal.Name,
        $"""
        CREATE TABLE IF NOT EXISTS {prefix}{Journal.Name} (
            SchemaVersionID INTEGER CONSTRAINT PK_{prefix}{Journal.Name}_SchemaVersionID PRIMARY KEY AUTOINCREMENT NOT NULL,
            ScriptName      TEXT     NOT NULL,
            Applied         DATETIME NOT NULL
        )
        """);

    private void RefuseForeign(SqliteConnection connection)
    {
        var scripts = OwnScripts;
        var done = Scripts(connection, names.Prefix + Journal.Name, isOurs: true);
        if (!done.Contains(scripts[0].Name) && names.Prefix.Length > 0 && Scripts(connection, Journal.Name, isOurs: false).Contains(scripts[0].Name))
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

    private static HashSet<string> Scripts(SqliteConnection connection, string table, bool isOurs)
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
