namespace Messaging.Outbox.Rows;

/// <summary>What is already done: existing inbox keys and cancelled tasks.</summary>
internal sealed record InboxState(IReadOnlySet<InboxKey> Consumed, IReadOnlySet<Guid> Cancelled);
