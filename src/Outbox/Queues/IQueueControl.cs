namespace Messaging.Outbox;

/// <summary>
/// Pauses, resumes, limits and purges queues. Settings are changed in the transaction of the scope's <see cref="IUnitOfWork"/>, and the caller
/// commits it; a purge commits by itself. Workers apply new settings within <see cref="OutboxOptions.QueueSettingsInterval"/>. Each change
/// writes an audit entry; a call that changes nothing writes none.
/// </summary>
public interface IQueueControl
{
    /// <summary>Pauses a queue: messages in flight are finished, and all others wait until it is resumed.</summary>
    /// <returns>The queue's settings; null if it does not exist.</returns>
    Task<QueueSettings?> PauseAsync(string name, string who, CancellationToken cancellationToken = default);

    /// <summary>Resumes a paused queue.</summary>
    /// <returns>The queue's settings; null if it does not exist.</returns>
    Task<QueueSettings?> ResumeAsync(string name, string who, CancellationToken cancellationToken = default);

    /// <summary>Sets or clears the settings in <paramref name="change"/>; the others stay unchanged.</summary>
    /// <returns>The queue's settings; null if it does not exist.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside the range that <see cref="QueueChange"/> documents.</exception>
    Task<QueueSettings?> ChangeAsync(string name, QueueChange change, string who, CancellationToken cancellationToken = default);

    /// <summary>
    /// Removes waiting messages from a queue without consuming them, first those at the broker, then due ones in the outbox, and cancels their
    /// tasks. Each batch is committed in its own transaction, together with its audit entry.
    /// </summary>
    /// <param name="name">The queue.</param>
    /// <param name="count">The maximum number of messages.</param>
    /// <param name="who">Who requests it; recorded in the audit log.</param>
    /// <param name="cancellationToken">Cancels the purge; completed batches stay purged.</param>
    /// <exception cref="QueueTransportException">The broker is unavailable; completed batches stay purged.</exception>
    Task<PurgeResult> PurgeAsync(string name, int count, string who, CancellationToken cancellationToken = default);
}
