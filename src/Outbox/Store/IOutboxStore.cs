namespace Messaging.Outbox.Store;

/// <summary>The seam for the outbox: messages that are due are claimed, and go when they were sent.</summary>
internal interface IOutboxStore
{
    /// <summary>Whether a claimed message may wait in the store for its consumers, as a transport needs that forgets with its process.</summary>
    bool CanWaitForConsumers { get; }

    /// <summary>
    /// Takes up to <paramref name="limit"/> due messages that no other dispatcher has claimed. One that became due long before it was
    /// committed may be left for half a second, or until the store is asked what is due next. What becomes of a claim whose process dies:
    /// the messages are due again.
    /// </summary>
    /// <param name="limit">The largest number to take.</param>
    /// <param name="settlements">
    /// Null for a broker that keeps what it has confirmed. Otherwise the number of consumers that have to be done with a
    /// message before its row may go.
    /// </param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    Task<IOutboxClaim> ClaimAsync(int limit, Func<OutboxMessage, int>? settlements, CancellationToken cancellationToken);

    /// <summary>How long it is until the next message is due, for a fraction of what a claim costs; zero or less when one is, null when none will be.</summary>
    Task<TimeSpan?> UntilNextDueAsync(CancellationToken cancellationToken);

    /// <summary>Makes due again what an earlier process of this store had in flight. Called once, before the first claim.</summary>
    Task RecoverAsync(CancellationToken cancellationToken);
}
