namespace Messaging.Outbox;

/// <summary>
/// Keeps a storage reserve. Code that stores data for callers asks first and refuses requests while the reserve is used. Accepted
/// work uses the reserve to be processed and deleted.
/// </summary>
public interface IStorageReserve
{
    /// <summary>Describes what is short; null while there is enough space. Cheap, however often it is called.</summary>
    ValueTask<string?> FindShortageAsync(CancellationToken cancellationToken = default);
}

/// <summary>Watches storage besides the database for <see cref="IStorageReserve"/>.</summary>
public interface IStorageGauge
{
    /// <summary>Describes what is short; null while there is enough space. Called at most ten times a second.</summary>
    ValueTask<string?> FindShortageAsync(CancellationToken cancellationToken = default);
}
