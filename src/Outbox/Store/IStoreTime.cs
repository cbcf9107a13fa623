namespace Messaging.Outbox.Store;

/// <summary>The seam for the clock.</summary>
internal interface IStoreTime
{
    /// <summary>Whether that clock may belong to another machine.</summary>
    bool HasClockOfItsOwn { get; }

    /// <summary>
    /// The time for all processes that share this store: the database's clock. Times that one process writes and another one
    /// compares use it, since the clocks of the processes may differ or jump.
    /// </summary>
    Task<DateTimeOffset> NowAsync(CancellationToken cancellationToken);
}
