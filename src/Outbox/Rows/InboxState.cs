namespace Messaging.Outbox.Rows;

/// <summary>What is done with already: keys that are there, and tasks that were cancelled.</summary>
internal sealed record InboxState(IReadOnlySet<InboxKey> Consumed, IReadOnlySet<Guid> Cancelled);
