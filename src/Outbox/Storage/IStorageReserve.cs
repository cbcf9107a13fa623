namespace Messaging.Outbox;

/// <summary>
/// Keeps a reserve of storage. Who stores for callers asks first, and refuses while it is touched; what was accepted has the reserve to be done,
/// and deleted, in.
/// </summary>
public interface IStorageReserve
{
    /// <summary>What is short, in a sentence for whoever is refused; null while there is room. Costs next to nothing, however often it is asked.</summary>
    ValueTask<string?> FindShortageAsync(CancellationToken cancellationToken = default);
}

/// <summary>Something that an <see cref="IStorageReserve"/> looks at besides the database.</summary>
public interface IStorageGauge
{
    /// <summary>What is short, in a sentence; null while there is room. Asked ten times a second at most.</summary>
    ValueTask<string?> FindShortageAsync(CancellationToken cancellationToken = default);
}
