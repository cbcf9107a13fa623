namespace Messaging.Outbox.Rows;

/// <summary>The result of a look-up: the inbox keys that exist, and the tasks that were cancelled.</summary>
internal sealed record InboxState(IReadOnlySet<InboxKey> Consumed, IReadOnlySet<Guid> Cancelled);
