namespace Messaging.Outbox.Store;

/// <summary>The seam for the time.</summary>
internal interface IStoreTime
{
    /// <summary>Whether that clock may be another machine's.</summary>
    bool HasClockOfItsOwn { get; }

    /// <summary>
    /// What time it is for all processes that share this store: the database's clock. What one process writes and another compares
    /// goes by it, for theirs may differ, or jump.
    /// </summary>
    Task<DateTimeOffset> NowAsync(CancellationToken cancellationToken);
}
