namespace Messaging.Outbox.Queues;

/// <summary>In memory all messages are also in the store.</summary>
internal sealed class InMemoryQueueTransport : IQueueTransport
{
    public Task<long?> CountAsync(string queue, CancellationToken cancellationToken) => Task.FromResult<long?>(0);

    public Task<int> TakeAsync(
        string queue, int count, Func<IReadOnlyList<TakenMessage>, CancellationToken, Task> settle, CancellationToken cancellationToken) =>
        Task.FromResult(0);
}
