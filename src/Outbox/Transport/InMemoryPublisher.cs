namespace Messaging.Outbox.Transport;

/// <summary>The in-memory transport has no fast lane: the bus sends everything.</summary>
internal sealed class InMemoryPublisher : IMessagePublisher
{
    public Task<IReadOnlyList<PublishResult>> PublishAsync(IReadOnlyList<CompleteMessage> messages, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<PublishResult>>(new PublishResult[messages.Count]);
}
