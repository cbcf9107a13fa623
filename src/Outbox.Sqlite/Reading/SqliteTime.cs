using Messaging.Outbox.Store;

namespace Messaging.Outbox.Sqlite.Reading;

/// <summary>One process at a time has the file: its clock is the only one.</summary>
internal sealed class SqliteTime(TimeProvider time) : IStoreTime
{
    public bool HasClockOfItsOwn => false;

    public Task<DateTimeOffset> NowAsync(CancellationToken cancellationToken) => Task.FromResult(time.GetUtcNow());
}
