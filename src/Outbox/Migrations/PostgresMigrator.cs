using System.Reflection;
using DbUp;
using Messaging.Outbox.Postgres;
using Messaging.Outbox.Store;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Messaging.Outbox.Migrations;

/// <summary>
/// Two migrations at once wait for each other, by a lock of a transaction: a session's would stay with a pooled connection, and behind a pooler
/// with somebody else's session. Nobody waits for an answer here, so a slow server has more time to take a connection.
/// </summary>
internal sealed class PostgresMigrator(string connectionString) : IDatabaseMigrator
{
    private const long LockKey = 7_276_158_290_114;
    private const int ConnectSeconds = 30, LongestMigrationSeconds = 3_600;

    private readonly string _connectionString = new NpgsqlConnectionStringBuilder(connectionString) { Timeout = ConnectSeconds }.ConnectionString;

    public async Task MigrateAsync(ILogger logger, CancellationToken cancellationToken, params IReadOnlyList<Assembly> assemblies)
    {
        try
        {
            await using var connection = new NpgsqlConnection(_connectionString);
            await connection.OpenAsync(cancellationToken);
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            await using var command = new NpgsqlCommand(
                $"SET LOCAL idle_in_transaction_session_timeout = 0; SELECT pg_advisory_xact_lock({LockKey})", connection, transaction)
            {
                CommandTimeout = LongestMigrationSeconds,
            };
            await command.ExecuteNonQueryAsync(cancellationToken);
            Migration.Run(
                () => DeployChanges.To.PostgresqlDatabase(_connectionString).JournalToPostgresqlTable("public", "schema_versions"),
                "Postgres",
                logger,
                assemblies);
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
}
