using System.Reflection;
using DbUp;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Messaging.Outbox.Migrations;

/// <summary>Two migrations at once wait for each other. Nobody waits for an answer here, so a slow server has more time to take a connection.</summary>
internal sealed class PostgresMigrator(string connectionString) : IDatabaseMigrator
{
    private const long LockKey = 7_276_158_290_114;
    private const int ConnectSeconds = 30;

    private readonly string _connectionString = new NpgsqlConnectionStringBuilder(connectionString) { Timeout = ConnectSeconds }.ConnectionString;

    public async Task MigrateAsync(ILogger logger, CancellationToken cancellationToken, params IReadOnlyList<Assembly> assemblies)
    {
        try
        {
            await using var connection = new NpgsqlConnection(_connectionString);
            await connection.OpenAsync(cancellationToken);
            await using var command = new NpgsqlCommand("SELECT pg_advisory_lock($1)", connection);
            command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = LockKey });
            await command.ExecuteNonQueryAsync(cancellationToken);
            Migration.Run(
                () => DeployChanges.To.PostgresqlDatabase(_connectionString).JournalToPostgresqlTable("public", "schema_versions"),
                "Postgres",
                logger,
                assemblies);
        }
        catch (NpgsqlException exception)
        {
            throw new MigrationException($"The database cannot be reached: {exception.Message}", exception);
        }
    }
}
