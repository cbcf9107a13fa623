namespace Messaging.Outbox.Rows;

/// <summary>
/// One consumer has finished a message from a transport without its own storage. The outbox row is deleted when the last consumer
/// has finished.
/// </summary>
internal readonly record struct Settlement(long OutboxId);
