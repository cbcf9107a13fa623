namespace Messaging.Outbox;

/// <summary>
/// A way to the broker past MassTransit's pipeline, for messages that are complete already: bytes, headers and an address that MassTransit
/// has sent to before, so that what the broker needs for it is there.
/// </summary>
public interface IMessagePublisher
{
    /// <summary>Publishes the messages and waits until the broker has answered for each. Called by several at once.</summary>
    /// <param name="messages">A batch.</param>
    /// <param name="cancellationToken">Ends the wait; what the broker has not answered for by then does not count as confirmed.</param>
    /// <returns>
    /// For each message what became of it. What is not confirmed goes over MassTransit, also when it may have arrived: it can come twice.
    /// No failure is an exception.
    /// </returns>
    Task<IReadOnlyList<PublishResult>> PublishAsync(IReadOnlyList<CompleteMessage> messages, CancellationToken cancellationToken);
}

/// <summary>What became of a message that was published.</summary>
public enum PublishResult
{
    /// <summary>The broker does not have it, or has not said so; or no queue takes it although one has to.</summary>
    NotConfirmed,

    /// <summary>The broker has it.</summary>
    Confirmed,

    /// <summary>The broker has dropped it: no queue takes it, and none has to.</summary>
    Unsubscribed,
}

/// <summary>A message that needs nothing more but to be sent.</summary>
/// <param name="MessageId">Its id.</param>
/// <param name="CorrelationId">What it belongs to.</param>
/// <param name="Destination">The address, as MassTransit writes it.</param>
/// <param name="ContentType">The media type of the body.</param>
/// <param name="Mandatory">Whether it has to reach a queue.</param>
/// <param name="Headers">Texts and numbers.</param>
/// <param name="Properties">What MassTransit's transport keeps of its own.</param>
/// <param name="Body">The body.</param>
public sealed record CompleteMessage(
    Guid MessageId,
    Guid? CorrelationId,
    Uri Destination,
    string ContentType,
    bool Mandatory,
    IReadOnlyDictionary<string, object> Headers,
    IReadOnlyDictionary<string, object> Properties,
    ReadOnlyMemory<byte> Body);

/// <summary>In memory nothing is nearer than MassTransit.</summary>
internal sealed class InMemoryPublisher : IMessagePublisher
{
    public Task<IReadOnlyList<PublishResult>> PublishAsync(IReadOnlyList<CompleteMessage> messages, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<PublishResult>>(new PublishResult[messages.Count]);
}
