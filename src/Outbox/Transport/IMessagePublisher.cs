namespace Messaging.Outbox.Transport;

/// <summary>
/// The fast lane to the broker without the bus's pipeline, for complete messages: bytes, headers and an address to which
/// the bus has sent before, so that the topology is declared.
/// </summary>
internal interface IMessagePublisher
{
    /// <summary>Publishes messages and waits until the broker has confirmed each. Called concurrently.</summary>
    /// <param name="messages">The batch.</param>
    /// <param name="cancellationToken">Cancels the wait; messages without a confirmation by then count as not confirmed.</param>
    /// <returns>
    /// The result of each message. Messages that are not confirmed are sent by the bus, even if they may have arrived, so
    /// they can arrive twice. Failures are not reported as exceptions.
    /// </returns>
    Task<IReadOnlyList<PublishResult>> PublishAsync(IReadOnlyList<CompleteMessage> messages, CancellationToken cancellationToken);
}

/// <summary>The result of publishing a message.</summary>
internal enum PublishResult
{
    /// <summary>The broker did not accept or confirm it; or no queue takes it although one is required.</summary>
    NotConfirmed,

    /// <summary>The broker has accepted it.</summary>
    Confirmed,

    /// <summary>The broker has dropped it: no queue takes it, and none is required.</summary>
    Unsubscribed,
}

/// <summary>A message that is ready to be sent.</summary>
/// <param name="MessageId">The message's id.</param>
/// <param name="CorrelationId">The correlation id.</param>
/// <param name="Destination">The address in the bus's format.</param>
/// <param name="ContentType">The media type of the body.</param>
/// <param name="Mandatory">Whether it must reach a queue.</param>
/// <param name="Headers">The headers: strings and numbers.</param>
/// <param name="Properties">The properties of the bus's transport.</param>
/// <param name="Body">The body.</param>
internal sealed record CompleteMessage(
    Guid MessageId,
    Guid? CorrelationId,
    Uri Destination,
    string ContentType,
    bool Mandatory,
    IReadOnlyDictionary<string, object> Headers,
    IReadOnlyDictionary<string, object> Properties,
    ReadOnlyMemory<byte> Body);
