namespace Messaging.Outbox.Store;

/// <summary>The seam for the outbox: due messages are claimed, and deleted after they were sent.</summary>
internal interface IOutboxStore
{
    /// <summary>
    /// Whether a claimed message can stay in the store until its consumers have finished. A transport that loses its messages
    /// with its process needs that.
    /// </summary>
    bool CanWaitForConsumers { get; }

    /// <summary>
    /// Claims up to <paramref name="limit"/> due messages that no other dispatcher has claimed, and of each priority no more than
    /// <see cref="OutboxMessage.MaxClaimedBytes"/> and one message. A message that became due long
    /// before its transaction was committed may be skipped for half a second, or until <see cref="UntilNextDueAsync"/> is called.
    /// If the process dies, its claimed messages become due again.
    /// </summary>
    /// <param name="limit">The maximum number of messages.</param>
    /// <param name="settlements">
    /// Null for a broker that keeps what it has confirmed. Otherwise the number of consumers that have to finish a message before
    /// its row may be deleted.
    /// </param>
    /// <param name="cancellationToken">Cancels the attempt.</param>
    Task<IOutboxClaim> ClaimAsync(int limit, Func<OutboxMessage, int>? settlements, CancellationToken cancellationToken);

    /// <summary>
    /// The time until the next message is due, for a fraction of the cost of a claim; zero or less if one is due, null if none
    /// will be.
    /// </summary>
    Task<TimeSpan?> UntilNextDueAsync(CancellationToken cancellationToken);

    /// <summary>Makes messages due again that an earlier process of this store had claimed. Called once, before the first claim.</summary>
    /// <remarks>Each counts as a delivery without an outcome, because it may be what the earlier process died of.</remarks>
    Task RecoverAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Makes messages due again that this process has claimed, and counts nothing: the process ends as it should. Called once, after consumers and dispatcher
    /// have ended.
    /// </summary>
    Task ReleaseAsync(CancellationToken cancellationToken);
}
