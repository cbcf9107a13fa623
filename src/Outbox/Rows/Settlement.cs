namespace Messaging.Outbox.Rows;

/// <summary>
/// One consumer is done with a message that came over a transport without a memory of its own. The row goes when the last
/// one is.
/// </summary>
internal readonly record struct Settlement(long OutboxId);
