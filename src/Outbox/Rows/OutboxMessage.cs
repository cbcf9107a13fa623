namespace Messaging.Outbox.Rows;

/// <summary>A row of the outbox.</summary>
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

    /// <summary>Orders by priority, and then by the order in which the rows were stored.</summary>
    public static int ByPriority(OutboxMessage a, OutboxMessage b) =>
        a.Priority == b.Priority ? a.Id.CompareTo(b.Id) : a.Priority.CompareTo(b.Priority);
}
