namespace Messaging.Outbox.Store;

/// <summary>The seam for health checks.</summary>
internal interface IStoreHealth
{
    /// <summary>Reads from the tables, so that a missing schema is detected as well as an unavailable server.</summary>
    Task PingAsync(CancellationToken cancellationToken);
}
