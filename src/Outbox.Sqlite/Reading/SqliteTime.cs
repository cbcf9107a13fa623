using Messaging.Outbox.Store;

namespace Messaging.Outbox.Sqlite.Reading;

/// <summary>Only one process uses the file, so its clock is the only one.</summary>
internal sealed class SqliteTime(TimeProvider time) : IStoreTime
{
    public bool HasClockOfItsOwn => false;

    public Task<DateTimeOffset> NowAsync(CancellationToken cancellationToken) => Task.FromResult(time.GetUtcNow());
}
