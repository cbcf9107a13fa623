using Messaging.Outbox.Sqlite.Connections;
using Messaging.Outbox.Storage;
using Messaging.Outbox.Store;

namespace Messaging.Outbox.Sqlite.Storage;

/// <summary>Finds out whether the space of the file's disk runs short.</summary>
internal sealed class SqliteSpace(SqliteDatabase database, IStoreQueries queries) : IStoreSpace
{
    private const string DiskName = "the database file";

    private readonly DiskReserve _reserve = new();

    public string? File => database.File;

    public async Task<string?> FindShortageAsync(StorageLimits limits, CancellationToken cancellationToken)
    {
        var disk = database.Disk;
        var reserve = limits.MinFreeBytes ?? DiskGauge.ReserveOf(disk.TotalSize);
        var unused = (await queries.QueryAsync(
            "SELECT (SELECT freelist_count FROM pragma_freelist_count) * (SELECT page_size FROM pragma_page_size)", [], row => row.GetInt64(0), cancellationToken))[0];
        var shortage = _reserve.Check(DiskName, disk.AvailableFreeSpace, unused, reserve);
        if (shortage is null || !await database.TryTruncateLogAsync(cancellationToken))
        {
            return shortage;
        }

        return _reserve.Check(DiskName, disk.AvailableFreeSpace, unused, reserve);
    }
}
