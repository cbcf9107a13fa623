using System.Collections.Frozen;

namespace Messaging.Outbox.Transport;

/// <summary>
/// Headers that the outbox adds to messages. They are transport headers, so that they can change without changing the body.
/// </summary>
internal static class OutboxHeaders
{
    /// <summary>The task's id, for a tracked message.</summary>
    public const string TaskId = "Task-Id";

    /// <summary>The number of attempts before this delivery, for a deferred or redriven message.</summary>
    public const string Attempts = "Task-Attempts";

    /// <summary>How many times the message was deferred since it was enqueued or redriven.</summary>
    public const string Redeliveries = "Task-Redeliveries";

    /// <summary>The number of redrives.</summary>
    public const string Redrives = "Task-Redrives";

    /// <summary>The part of a long task that the message is for; absent for the first part.</summary>
    public const string Part = "Task-Part";

    /// <summary>The number of attempts before the latest redrive, or before this part, which do not count against the limit.</summary>
    public const string AttemptsBeforeRedrive = "Task-Attempts-Before-Redrive";

    /// <summary>Present if other tasks wait for this one.</summary>
    public const string HasSuccessors = "Task-Has-Successors";

    /// <summary>The consumers that have to finish before the task succeeds, if there are several: <c>billing;orders*2</c>.</summary>
    public const string Consumers = "Task-Consumers";

    /// <summary>The key of a unique task.</summary>
    public const string UniqueKey = "Task-Unique-Key";

    /// <summary>The delay between staging and the due time in seconds, if there is one.</summary>
    public const string DelaySeconds = "Task-Delay-Seconds";

    /// <summary>The identity of a message from outside, after it was deferred or redriven.</summary>
    public const string Outside = "Outbox-Outside";

    /// <summary>The signature of a dispatcher (<see cref="SigningOptions"/>).</summary>
    public const string Signature = "Outbox-Signature";

    /// <summary>The W3C trace context of a message that runs at once: its execution is a child of that span.</summary>
    public const string TraceParent = "traceparent";

    /// <summary>The vendors' part of <see cref="TraceParent"/>.</summary>
    public const string TraceState = "tracestate";

    /// <summary>
    /// A copy of <see cref="TraceParent"/> for a process in which somebody listens to RabbitMQ.Client's spans: it replaces the header
    /// by the span of its publish, which belongs to a batch.
    /// </summary>
    public const string TraceCopy = "Outbox-Trace";

    /// <summary>
    /// The trace context of the cause of a message that runs later, in the format of <see cref="TraceParent"/>: its execution is a
    /// new trace with a link.
    /// </summary>
    public const string Cause = "Outbox-Cause";

    /// <summary>The outbox row of the delivery, for a transport without its own storage.</summary>
    public const string OutboxId = "Outbox-Id";

    /// <summary>How many times a delivery ended without an outcome. RabbitMQ's quorum queues count it under this name.</summary>
    public const string DeliveryCount = "x-delivery-count";

    /// <summary>The value of <see cref="TaskId"/> for a message that is not a task although its body may contain a task id.</summary>
    public const string NoTask = "none";

    /// <summary>The headers that a deferred message keeps.</summary>
    public static IReadOnlyList<string> Kept { get; } = [TaskId, Part, Redrives, AttemptsBeforeRedrive, HasSuccessors, Consumers, UniqueKey, Outside];

    /// <summary>The headers about the progress of a delivery, which a redriven message does not keep.</summary>
    public static IReadOnlyList<string> OfDelivery { get; } = [Attempts, Redeliveries, Redrives, AttemptsBeforeRedrive, DelaySeconds, OutboxId, DeliveryCount];

    /// <summary>The headers about the trace. A message that is sent again gets new ones.</summary>
    public static IReadOnlyList<string> OfTrace { get; } = [TraceParent, TraceState, TraceCopy, Cause];

    /// <summary>Whether a header belongs to the outbox.</summary>
    public static bool IsOwn(string header) => Own.Contains(header);

    private static readonly FrozenSet<string> Own = Kept.Concat(OfDelivery).Concat(OfTrace).Append(Signature).ToFrozenSet(StringComparer.Ordinal);
}
