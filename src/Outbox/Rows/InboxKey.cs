namespace Messaging.Outbox.Rows;

/// <summary>Something that happens once to a message: a consumer consumed it, or an endpoint deferred it. The two ids are the key; the rest explains it.</summary>
/// <param name="MessageId">The message.</param>
/// <param name="ConsumerId">What happened to it, as an id that is derived from the step.</param>
internal readonly record struct InboxKey(Guid MessageId, Guid ConsumerId)
{
    /// <summary>One of <see cref="InboxKind"/>; null for a row from before there were kinds.</summary>
    public string? Kind { get; init; }

    /// <summary>Which of its kind, for the reader of the table: a consumer, or a queue and a number.</summary>
    public string? Step { get; init; }

    public bool Equals(InboxKey other) => MessageId == other.MessageId && ConsumerId == other.ConsumerId;

    public override int GetHashCode() => HashCode.Combine(MessageId, ConsumerId);
}
