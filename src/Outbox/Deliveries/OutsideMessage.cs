using Messaging.Outbox.Transport;

namespace Messaging.Outbox.Deliveries;

/// <summary>
/// A message of a service without this outbox, accepted without a signature. Its sender chose its id and its headers, so none of them counts as
/// ours: it is untracked, and its identity is an id derived from its own, which no other message has.
/// </summary>
/// <param name="Id">The identity.</param>
/// <param name="HasOwnHeaders">Whether its headers are ours all the same: it was deferred or redriven here, and carries its identity with it.</param>
internal sealed record OutsideMessage(Guid Id, bool HasOwnHeaders)
{
    /// <summary>One that nobody has accepted, as it would be.</summary>
    public static OutsideMessage Of(ReceivedMessage message) => new(
        message.MessageId is { } id || Envelope.Read(message.MediaType, message.Body).MessageId is { } inBody && (id = inBody) != Guid.Empty
            ? DerivedId.Of($"{id}#outside")
            : Guid.NewGuid(),
        HasOwnHeaders: false);
}
