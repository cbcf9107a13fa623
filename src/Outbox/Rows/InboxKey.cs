namespace Messaging.Outbox.Rows;

/// <summary>
/// Identifies a step that happens once to a message: a consumer consumed it, or an endpoint deferred it. The two ids are the key; the
/// other members describe it.
/// </summary>
/// <param name="MessageId">The id of the message.</param>
/// <param name="ConsumerId">An id that is derived from the step.</param>
internal readonly record struct InboxKey(Guid MessageId, Guid ConsumerId)
{
    /// <summary>One of <see cref="InboxKind"/>; null for a row of an earlier version.</summary>
    public string? Kind { get; init; }

    /// <summary>Describes the step to a reader of the table: a consumer, or a queue and a number.</summary>
    public string? Step { get; init; }

    public bool Equals(InboxKey other) => MessageId == other.MessageId && ConsumerId == other.ConsumerId;

    public override int GetHashCode() => HashCode.Combine(MessageId, ConsumerId);
}
