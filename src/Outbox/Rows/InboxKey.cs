namespace Messaging.Outbox.Rows;

/// <summary>Something that happens once to a message: that a consumer consumed it, or that an endpoint put it off.</summary>
internal readonly record struct InboxKey(Guid MessageId, Guid ConsumerId);
