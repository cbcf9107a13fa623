using Messaging.Outbox.PostgreSql.Connections;
using Messaging.Outbox.Store;
using Npgsql;

namespace Messaging.Outbox.PostgreSql.Storage;

/// <summary>Checks whether the database can be used.</summary>
internal sealed class PostgresHealth(PostgresConnections connections, PostgresDisk disk) : IStoreHealth
{
    // A session may be read-only although the server is not, and vice versa.
    public Task PingAsync(CancellationToken cancellationToken) =>
        PostgresErrors.Translate(() => connections.UseAsync(
            async connection =>
            {
                await using var command = new NpgsqlCommand(
                    connections.Names.In("""
                    SELECT current_setting('transaction_read_only'), (SELECT attention FROM messaging.tasks LIMIT 1), (SELECT state FROM messaging.dead_letters LIMIT 1),
                        (SELECT name FROM messaging.queues LIMIT 1)
                    """),
                    connection);
                if ((string)(await command.ExecuteScalarAsync(cancellationToken))! == "on")
                {
                    throw new PostgresException("read-only", "ERROR", "ERROR", PostgresErrorCodes.ReadOnlySqlTransaction);
                }

                await disk.CheckAsync(connection, cancellationToken);
                return true;
            },
            cancellationToken));
}
