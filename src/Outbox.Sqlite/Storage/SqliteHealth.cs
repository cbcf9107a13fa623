using Messaging.Outbox.Migrations;
using Messaging.Outbox.Sqlite.Connections;
using Messaging.Outbox.Sqlite.Migrations;
using Messaging.Outbox.Store;

namespace Messaging.Outbox.Sqlite.Storage;

/// <summary>Checks whether the database can be used.</summary>
internal sealed class SqliteHealth(SqliteDatabase database, IStoreQueries queries, FullDisk disk) : IStoreHealth
{
    private const long MinAvailableBytes = 1_024 * 1_024;

    private readonly ScriptCheck _scripts = new(SqliteMigrator.OwnScripts);

    public async Task PingAsync(CancellationToken cancellationToken)
    {
        await queries.QueryAsync(
            "SELECT (SELECT attention FROM messaging.tasks LIMIT 1), (SELECT state FROM messaging.dead_letters LIMIT 1), (SELECT name FROM messaging.queues LIMIT 1)",
            [],
            _ => true,
            cancellationToken);
        await _scripts.EnsureAsync(async () => await queries.QueryAsync($"SELECT ScriptName FROM messaging.{Journal.Name}", [], reader => reader.GetString(0), cancellationToken));
        await disk.CheckAsync(() => database.AvailableBytes >= MinAvailableBytes
            ? Task.CompletedTask
            : throw new StoreUnavailableException(SqliteErrors.DiskFull));
    }
}
