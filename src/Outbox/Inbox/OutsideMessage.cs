using MassTransit;
using Messaging.Outbox.Transport;

namespace Messaging.Outbox.Inbox;

/// <summary>
/// A message of a service without this outbox, accepted without a signature. Its sender chose its id and its headers, so none of them counts as
/// ours: it is untracked, and its identity is an id derived from its own, which no other message has.
/// </summary>
/// <param name="Id">The identity.</param>
/// <param name="HasOwnHeaders">Whether its headers are ours all the same: it was deferred or redriven here, and carries its identity with it.</param>
internal sealed record OutsideMessage(Guid Id, bool HasOwnHeaders)
{
    public static void Mark(ReceiveContext context) => context.GetOrAddPayload(() => Of(context));

    /// <summary>One that nobody has accepted, as it would be.</summary>
    public static OutsideMessage Of(ReceiveContext context) => new(
        context.MessageId() is { } id || Envelope.Read(context.ContentType?.MediaType, context.GetBody()).MessageId is { } inBody && (id = inBody) != Guid.Empty
            ? DerivedId.Of($"{id}#outside")
            : Guid.NewGuid(),
        HasOwnHeaders: false);

    /// <returns>Null for a message of an outbox.</returns>
    public static OutsideMessage? Find(ReceiveContext context) =>
        context.TryGetPayload<OutsideMessage>(out var marked) ? marked
        : context.HeaderGuid(OutboxHeaders.Outside) is { } id ? new OutsideMessage(id, HasOwnHeaders: true)
        : null;
}
