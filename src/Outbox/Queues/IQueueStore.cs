namespace Messaging.Outbox;

/// <summary>Reads queues: those that a worker has reported at least once.</summary>
public interface IQueueStore
{
    /// <summary>All queues, ordered by name.</summary>
    /// <exception cref="StoreUnavailableException">
    /// The database did not answer within <see cref="OutboxOptions.CommitTimeout"/>.
    /// </exception>
    Task<IReadOnlyList<QueueRecord>> ListAsync(CancellationToken cancellationToken = default);

    /// <summary>The queue; null if no worker has reported it.</summary>
    /// <exception cref="StoreUnavailableException">
    /// The database did not answer within <see cref="OutboxOptions.CommitTimeout"/>.
    /// </exception>
    Task<QueueRecord?> FindAsync(string name, CancellationToken cancellationToken = default);
}
