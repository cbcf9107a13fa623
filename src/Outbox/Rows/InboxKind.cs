namespace Messaging.Outbox.Rows;

/// <summary>The kinds of inbox rows: what has happened to the message. The comment on the column contains the same list.</summary>
internal static class InboxKind
{
    /// <summary>A consumer has consumed it, or a part of it.</summary>
    public const string Consumed = "consumed";

    /// <summary>A failed attempt was deferred.</summary>
    public const string Deferred = "deferred";

    public const string DeadLettered = "dead-lettered";

    /// <summary>No consumer of its queue takes the message.</summary>
    public const string Skipped = "skipped";

    /// <summary>An isolated execution of a possible poison message has started.</summary>
    public const string Isolated = "isolated";

    /// <summary>Its task was cancelled, or the message of a cancelled task was kept.</summary>
    public const string Cancelled = "cancelled";

    /// <summary>An operator has retried its task.</summary>
    public const string Retried = "retried";

    /// <summary>Its dead letter was redriven or dropped.</summary>
    public const string Decided = "decided";

    /// <summary>It could not be sent, or no queue takes it.</summary>
    public const string Undelivered = "undelivered";

    /// <summary>A consumer has finished with its outbox row.</summary>
    public const string Settled = "settled";

    /// <summary>A request with an Idempotency-Key was answered; the message's id is that of the answer.</summary>
    public const string IdempotencyKey = "idempotency-key";
}
