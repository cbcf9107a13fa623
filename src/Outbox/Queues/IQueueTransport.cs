namespace Messaging.Outbox;

/// <summary>Access to the messages of a queue that are at the broker, as opposed to those in the store.</summary>
public interface IQueueTransport
{
    /// <summary>
    /// The number of ready messages at the broker; null if it does not answer in time. A queue that does not exist has none.
    /// </summary>
    Task<long?> CountAsync(string queue, CancellationToken cancellationToken);

    /// <summary>Takes messages from a queue in batches.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="count">The maximum number of messages.</param>
    /// <param name="settle">Processes a batch. The broker removes the messages when it returns, and requeues them when it throws.</param>
    /// <param name="cancellationToken">Cancels between two batches, or requeues the current batch.</param>
    /// <returns>The number of messages that were taken.</returns>
    /// <exception cref="QueueTransportException">The broker is unavailable; earlier batches stay removed.</exception>
    Task<int> TakeAsync(
        string queue, int count, Func<IReadOnlyList<TakenMessage>, CancellationToken, Task> settle, CancellationToken cancellationToken);
}

/// <summary>A message that was taken from a queue without being consumed.</summary>
/// <param name="MessageId">Its id.</param>
/// <param name="Headers">Its headers: numbers, and strings as such or as UTF-8 bytes.</param>
/// <param name="ContentType">The media type of the body.</param>
/// <param name="Body">The body.</param>
public sealed record TakenMessage(
    string? MessageId, IReadOnlyCollection<KeyValuePair<string, object?>> Headers, string? ContentType, ReadOnlyMemory<byte> Body);

/// <summary>The broker refused a request, or did not answer in time.</summary>
public sealed class QueueTransportException(string message, Exception? innerException = null) : Exception(message, innerException);
