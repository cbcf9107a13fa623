namespace Messaging.Outbox.Rows;

/// <summary>A row of the outbox.</summary>
internal sealed record OutboxMessage
{
    /// <summary>
    /// The bytes of bodies after which a claim takes no more of a priority: 8 MiB. Its number of messages alone would not bound the memory: five hundred of a
    /// megabyte each end a small container, and the next process would claim the same. A larger message is claimed by itself.
    /// </summary>
    public const int MaxClaimedBytes = 8 * 1_024 * 1_024;

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
