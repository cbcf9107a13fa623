using Messaging.Outbox.PostgreSql.Connections;
using System.Reflection;
using Messaging.Outbox.Migrations;
using Messaging.Outbox.Store;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Messaging.Outbox.PostgreSql.Migrations;

/// <summary>
/// Migrates over its own connections and closes them afterwards, so that no changed session returns to a pool. The connection
/// timeout is longer than usual, because no request waits for a migration.
/// </summary>
internal sealed class PostgresMigrator(string connectionString, TableNames names, Action<NpgsqlDataSourceBuilder>? configure = null) : IDatabaseMigrator
{
    private const int ConnectSeconds = 30, MaxMoves = 10;

    private readonly string _connectionString =
        new NpgsqlConnectionStringBuilder(connectionString) { Timeout = ConnectSeconds, Pooling = false, CommandTimeout = 0 }.ConnectionString;

    /// <summary>The maximum wait for the migration of another process.</summary>
    public TimeSpan LongestWait { get; init; } = TimeSpan.FromHours(1);

    /// <summary>The maximum wait of an index for a transaction that is open.</summary>
    public TimeSpan LongestWaitOfIndex { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The library's scripts.</summary>
    public static IReadOnlyList<MigrationScript> OwnScripts => MigrationScript.Of(typeof(PostgresMigrator).Assembly, "Postgres");

    public async Task MigrateAsync(ILogger logger, CancellationToken cancellationToken, params IReadOnlyList<Assembly> assemblies)
    {
        try
        {
            await using var source = CreateSource();
            await RunScriptsAsync(source, logger, assemblies, cancellationToken);
            await new LateIndexes(source, names, LongestWaitOfIndex, logger).BuildAsync(cancellationToken);
        }
        catch (NpgsqlException exception)
        {
            throw new MigrationException(
                exception is PostgresException refused && PostgresErrors.KindOf(refused) is not (SqlErrorKind.Unavailable or SqlErrorKind.Connection)
                    ? $"The migration failed: {PostgresErrors.TextOf(refused)}"
                    : $"The database cannot be migrated. {PostgresErrors.Describe(exception)}",
                exception);
        }
    }

    private NpgsqlDataSource CreateSource()
    {
        var builder = new NpgsqlDataSourceBuilder(_connectionString);
        configure?.Invoke(builder);
        return builder.Build();
    }

    private async Task RunScriptsAsync(NpgsqlDataSource source, ILogger logger, IReadOnlyList<Assembly> assemblies, CancellationToken cancellationToken)
    {
        await using var turn = await MigrationTurn.TakeAsync(source, LongestWait, logger, cancellationToken);
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await PrepareAsync(connection, logger, cancellationToken);
        await new ScriptRun(connection, JournalIn(names.Schema!, names.Prefix), logger).RunAsync(OwnScripts, text => WithoutLimit(connection, names.InScript(text)), cancellationToken);

        var application = new ScriptRun(connection, JournalIn("public", prefix: ""), logger);
        var elsewhere = await IsCurrentSchemaAsync(connection, cancellationToken);
        foreach (var assembly in assemblies)
        {
            await application.RunAsync(MigrationScript.Of(assembly, "Postgres"), text => WithoutLimit(connection, elsewhere ? InPublic(text) : text), cancellationToken);
        }
    }

    /// <summary>
    /// Moves the tables if necessary. Processes of the previous version may still run: if the move deadlocks with them, it is rolled
    /// back and repeated.
    /// </summary>
    private async Task PrepareAsync(NpgsqlConnection connection, ILogger logger, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await new PostgresTables(connection, names, logger).PrepareAsync(cancellationToken);
                return;
            }
            catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.DeadlockDetected && attempt < MaxMoves)
            {
            }
        }
    }

    internal static Journal JournalIn(string schema, string prefix)
    {
        var table = $"\"{schema}\".\"{prefix}{Journal.Name}\"";
        return new Journal(
            table,
            $"""
            CREATE TABLE IF NOT EXISTS {table} (
                schemaversionsid serial                      NOT NULL,
                scriptname       character varying(255)      NOT NULL,
                applied          timestamp without time zone NOT NULL,
                CONSTRAINT "PK_{prefix}{Journal.Name}_Id" PRIMARY KEY (schemaversionsid)
            )
            """);
    }

    // With the default search path this is so if the role has the name of the outbox's schema, where the application's tables do not
    // belong. Any other search path is the application's choice.
    private async Task<bool> IsCurrentSchemaAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT current_schema()", connection);
        return names.Schema != "public" && await command.ExecuteScalarAsync(cancellationToken) as string == names.Schema;
    }

    private static string WithoutLimit(NpgsqlConnection connection, string script) => $"{RoleLimits.LiftForScript(connection.PostgreSqlVersion)}\n{script}";

    private static string InPublic(string script) => $"SET LOCAL search_path = public;\n{script}";
}
