namespace Messaging.Outbox.Store;

/// <summary>Messages that one dispatcher has claimed.</summary>
internal interface IOutboxClaim : IAsyncDisposable
{
    IReadOnlyList<OutboxMessage> Messages { get; }

    /// <summary>Deletes what was sent and reschedules what was not. Not called, all of them are due again.</summary>
    /// <param name="failures">What was not sent.</param>
    /// <param name="sent">What is kept of the rest.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    Task CompleteAsync(
        IReadOnlyCollection<SendFailure> failures, IReadOnlyCollection<SentBatch> sent, CancellationToken cancellationToken);
}
