namespace Messaging.Outbox;

/// <summary>
/// Pauses, resumes and limits queues, in the transaction of the scope's <see cref="IUnitOfWork"/>, which is to be committed afterwards. Workers
/// follow within <see cref="OutboxOptions.QueueSettingsInterval"/>. Each change has an audit entry; what changes nothing has none.
/// </summary>
public interface IQueueControl
{
    /// <summary>Takes nothing more from the queue. What is in flight is finished, and what is enqueued meanwhile waits.</summary>
    /// <returns>The queue's settings; null if it does not exist.</returns>
    Task<QueueSettings?> PauseAsync(string name, string who, CancellationToken cancellationToken = default);

    /// <summary>Resumes a paused queue.</summary>
    /// <returns>The queue's settings; null if it does not exist.</returns>
    Task<QueueSettings?> ResumeAsync(string name, string who, CancellationToken cancellationToken = default);

    /// <summary>Sets or clears what <paramref name="change"/> names.</summary>
    /// <returns>The queue's settings; null if it does not exist.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of the range that <see cref="QueueChange"/> states.</exception>
    Task<QueueSettings?> ChangeAsync(string name, QueueChange change, string who, CancellationToken cancellationToken = default);

    /// <summary>
    /// Takes waiting messages off the queue without consuming them: first those at the broker, then those that are due in the outbox. Their tasks
    /// are Cancelled. Each batch is committed in a transaction of its own, together with its audit entry.
    /// </summary>
    /// <param name="name">The queue.</param>
    /// <param name="count">The largest number to take.</param>
    /// <param name="who">Who requests it; recorded in the audit log.</param>
    /// <param name="cancellationToken">Ends it between two batches; what was purged before stays purged.</param>
    /// <exception cref="QueueTransportException">The broker is unavailable; what was purged before stays purged.</exception>
    Task<PurgeResult> PurgeAsync(string name, int count, string who, CancellationToken cancellationToken = default);
}
