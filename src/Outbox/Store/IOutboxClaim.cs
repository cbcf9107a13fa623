namespace Messaging.Outbox.Store;

/// <summary>The messages that one dispatcher has claimed.</summary>
internal interface IOutboxClaim : IAsyncDisposable
{
    IReadOnlyList<OutboxMessage> Messages { get; }

    /// <summary>
    /// Deletes the messages that were sent and reschedules the others. If it is not called, all messages become due again.
    /// </summary>
    /// <param name="failures">The messages that were not sent.</param>
    /// <param name="sent">What is stored about the messages that were sent.</param>
    /// <param name="cancellationToken">Cancels the attempt.</param>
    Task CompleteAsync(
        IReadOnlyCollection<SendFailure> failures, IReadOnlyCollection<SentBatch> sent, CancellationToken cancellationToken);
}
