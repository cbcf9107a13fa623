using Messaging.Outbox.Transport;

namespace Messaging.Outbox.Deliveries;

/// <summary>
/// A message of a service without this outbox, accepted without a signature. Its sender chose its id and headers, so they are not
/// trusted: the message is untracked, and a new identity is derived from its id, which cannot equal that of another message.
/// </summary>
/// <param name="Id">The derived identity.</param>
/// <param name="HasOwnHeaders">
/// Whether the outbox has written its headers, because it was deferred or redriven here; they contain the identity.
/// </param>
internal sealed record OutsideMessage(Guid Id, bool HasOwnHeaders)
{
    /// <summary>Derives the identity of a message from outside.</summary>
    public static OutsideMessage Of(ReceivedMessage message) => new(
        message.MessageId is { } id || Envelope.Read(message.MediaType, message.Body).MessageId is { } inBody && (id = inBody) != Guid.Empty
            ? DerivedId.Of($"{id}#outside")
            : Guid.NewGuid(),
        HasOwnHeaders: false);
}
