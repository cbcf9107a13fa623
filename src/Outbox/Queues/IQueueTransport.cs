namespace Messaging.Outbox;

/// <summary>What a broker has of a queue, besides what lies in the store.</summary>
public interface IQueueTransport
{
    /// <summary>Messages that are ready at the broker; null when it does not say so in time. A queue that does not exist has none.</summary>
    Task<long?> CountAsync(string queue, CancellationToken cancellationToken);

    /// <summary>Takes messages off a queue, in batches.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="count">The largest number to take.</param>
    /// <param name="settle">
    /// Makes up for a batch. The broker gives it up when that returns, and has it again when that throws.
    /// </param>
    /// <param name="cancellationToken">Ends it between two batches, or gives the batch back.</param>
    /// <returns>How many were taken.</returns>
    /// <exception cref="QueueTransportException">The broker is out of reach; what was settled before stays so.</exception>
    Task<int> TakeAsync(
        string queue, int count, Func<IReadOnlyList<TakenMessage>, CancellationToken, Task> settle, CancellationToken cancellationToken);
}

/// <summary>A message that was taken off a queue without being consumed.</summary>
/// <param name="MessageId">Its id.</param>
/// <param name="Headers">Its headers: numbers, and strings as such or as UTF-8 bytes.</param>
/// <param name="ContentType">The media type of the body.</param>
/// <param name="Body">The body.</param>
public sealed record TakenMessage(
    string? MessageId, IReadOnlyCollection<KeyValuePair<string, object?>> Headers, string? ContentType, ReadOnlyMemory<byte> Body);

/// <summary>The broker did not do what it was asked, or not in time.</summary>
public sealed class QueueTransportException(string message, Exception? innerException = null) : Exception(message, innerException);

/// <summary>In memory there is nothing that is not in the store as well.</summary>
internal sealed class InMemoryQueueTransport : IQueueTransport
{
    public Task<long?> CountAsync(string queue, CancellationToken cancellationToken) => Task.FromResult<long?>(0);

    public Task<int> TakeAsync(
        string queue, int count, Func<IReadOnlyList<TakenMessage>, CancellationToken, Task> settle, CancellationToken cancellationToken) =>
        Task.FromResult(0);
}
