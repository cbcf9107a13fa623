namespace Messaging.Outbox.Rows;

/// <summary>A message as it lies in the outbox.</summary>
internal sealed record OutboxMessage
{
    public required long Id { get; init; }
    public required Guid MessageId { get; init; }
    public required int Attempts { get; init; }
    public required string Destination { get; init; }
    public required string ContentType { get; init; }
    public required string Metadata { get; init; }
    public required byte[] Body { get; init; }
    public string? Queue { get; init; }
    public QueuePriority Priority { get; init; } = QueuePriority.Normal;

    /// <summary>The urgent ones first, and then in the order in which they were stored.</summary>
    public static int ByPriority(OutboxMessage a, OutboxMessage b) =>
        a.Priority == b.Priority ? a.Id.CompareTo(b.Id) : a.Priority.CompareTo(b.Priority);
}
