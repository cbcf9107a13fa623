using Messaging.Outbox.Sqlite.Connections;
using Messaging.Outbox.Store;

namespace Messaging.Outbox.Sqlite.Storage;

/// <summary>Checks whether the database can be used.</summary>
internal sealed class SqliteHealth(SqliteDatabase database, IStoreQueries queries, FullDisk disk) : IStoreHealth
{
    private const long MinAvailableBytes = 1_024 * 1_024;

    public async Task PingAsync(CancellationToken cancellationToken)
    {
        await queries.QueryAsync(
            "SELECT (SELECT attention FROM messaging.tasks LIMIT 1), (SELECT state FROM messaging.dead_letters LIMIT 1), (SELECT name FROM messaging.queues LIMIT 1)",
            [],
            _ => true,
            cancellationToken);
        await disk.CheckAsync(() => database.AvailableBytes >= MinAvailableBytes
            ? Task.CompletedTask
            : throw new StoreUnavailableException(SqliteErrors.DiskFull));
    }
}
