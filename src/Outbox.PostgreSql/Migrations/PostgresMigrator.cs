using Messaging.Outbox.PostgreSql.Connections;
using System.Reflection;
using Messaging.Outbox.Migrations;
using Messaging.Outbox.Store;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Messaging.Outbox.PostgreSql.Migrations;

/// <summary>
/// Migrates over connections of its own, which are closed with it: nothing of it stays in a pool. Nobody waits for an answer here, so a slow server has more
/// time to take a connection.
/// </summary>
internal sealed class PostgresMigrator(string connectionString, TableNames names) : IDatabaseMigrator
{
    private const int ConnectSeconds = 30, MaxMoves = 10;

    private readonly string _connectionString =
        new NpgsqlConnectionStringBuilder(connectionString) { Timeout = ConnectSeconds, Pooling = false, CommandTimeout = 0 }.ConnectionString;

    /// <summary>How long another process's migration is waited for.</summary>
    public TimeSpan LongestWait { get; init; } = TimeSpan.FromHours(1);

    /// <summary>The library's scripts.</summary>
    public static IReadOnlyList<MigrationScript> OwnScripts => MigrationScript.Of(typeof(PostgresMigrator).Assembly, "Postgres");

    public async Task MigrateAsync(ILogger logger, CancellationToken cancellationToken, params IReadOnlyList<Assembly> assemblies)
    {
        try
        {
            await using var turn = await MigrationTurn.TakeAsync(_connectionString, LongestWait, logger, cancellationToken);
            await using var connection = new NpgsqlConnection(_connectionString);
            await connection.OpenAsync(cancellationToken);
            await PrepareAsync(connection, logger, cancellationToken);
            await new ScriptRun(connection, JournalIn(names.Schema!, names.Prefix), logger).RunAsync(OwnScripts, names.InScript, cancellationToken);

            var application = new ScriptRun(connection, JournalIn("public", prefix: ""), logger);
            var elsewhere = await IsCurrentSchemaAsync(connection, cancellationToken);
            foreach (var assembly in assemblies)
            {
                await application.RunAsync(MigrationScript.Of(assembly, "Postgres"), text => elsewhere ? InPublic(text) : text, cancellationToken);
            }
        }
        catch (NpgsqlException exception)
        {
            throw new MigrationException(
                exception is PostgresException refused && PostgresErrors.KindOf(refused) is not (SqlErrorKind.Unavailable or SqlErrorKind.Connection)
                    ? $"The database refuses to migrate: {PostgresErrors.TextOf(refused)}"
                    : $"The database cannot be migrated. {PostgresErrors.Describe(exception)}",
                exception);
        }
    }

    /// <summary>Processes of the version before may be at work: a move that waits for them crosswise is rolled back, and begins anew.</summary>
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

    // As the schema that has the name of the role is: the application's tables do not belong there, wherever else its search path leads.
    private async Task<bool> IsCurrentSchemaAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT current_schema()", connection);
        return names.Schema != "public" && await command.ExecuteScalarAsync(cancellationToken) as string == names.Schema;
    }

    private static string InPublic(string script) => $"SET LOCAL search_path = public;\n{script}";
}
