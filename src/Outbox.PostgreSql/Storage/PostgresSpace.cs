using Messaging.Outbox.PostgreSql.Connections;
using Messaging.Outbox.Store;
using Npgsql;

namespace Messaging.Outbox.PostgreSql.Storage;

/// <summary>Finds out whether the database's space runs short.</summary>
internal sealed class PostgresSpace(PostgresConnections connections, PostgresDisk disk, PostgresQuota quota) : IStoreSpace
{
    public string? File => null;

    // The server's disk is not visible: the library knows the size of the database, and whether a commit found the disk full.
    public Task<string?> FindShortageAsync(StorageLimits limits, CancellationToken cancellationToken) =>
        PostgresErrors.Translate(async () =>
        {
            if (disk.IsFull)
            {
                try
                {
                    await connections.UseAsync(
                        async connection =>
                        {
                            await disk.CheckAsync(connection, cancellationToken);
                            return true;
                        },
                        cancellationToken);
                }
                catch (PostgresException exception) when (SqlErrors.IsDiskFull(exception))
                {
                    return PostgresErrors.Describe(exception);
                }
            }

            return await quota.CheckAsync(connections, limits, cancellationToken);
        });
}
