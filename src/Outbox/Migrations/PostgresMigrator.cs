using System.Reflection;
using DbUp;
using DbUp.Builder;
using DbUp.Engine;
using DbUp.Postgresql;
using Messaging.Outbox.Postgres;
using Messaging.Outbox.Store;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Messaging.Outbox.Migrations;

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

    public async Task MigrateAsync(ILogger logger, CancellationToken cancellationToken, params IReadOnlyList<Assembly> assemblies)
    {
        try
        {
            await using var turn = await MigrationTurn.TakeAsync(_connectionString, LongestWait, logger, cancellationToken);
            await using var connection = new NpgsqlConnection(_connectionString);
            await connection.OpenAsync(cancellationToken);
            await PrepareAsync(connection, logger, cancellationToken);
            Migration.Run(Engine(names.Schema!, names.Prefix), Migration.OwnScripts("Postgres"), new Migration.Names(names), logger);
            var elsewhere = await IsCurrentSchemaAsync(connection, cancellationToken) ? new InPublic() : null;
            foreach (var assembly in assemblies)
            {
                Migration.Run(Engine("public", prefix: ""), Migration.ScriptsOf(assembly, "Postgres"), elsewhere, logger);
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

    // With a connection string DbUp takes the whole search path for the name of one schema, which it creates.
    private UpgradeEngineBuilder Engine(string schema, string prefix) =>
        DeployChanges.To.PostgresqlDatabase(new PostgresqlConnectionManager(_connectionString)).JournalToPostgresqlTable(schema, prefix + Migration.Journal);

    // As the schema that has the name of the role is: the application's tables do not belong there, wherever else its search path leads.
    private async Task<bool> IsCurrentSchemaAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT current_schema()", connection);
        return names.Schema != "public" && await command.ExecuteScalarAsync(cancellationToken) as string == names.Schema;
    }

    private sealed class InPublic : IScriptPreprocessor
    {
        public string Process(string contents) => $"SET LOCAL search_path = public;\n{contents}";
    }
}
