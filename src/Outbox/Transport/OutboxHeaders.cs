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

    /// <summary>Whether a header belongs to the outbox.</summary>
    public static bool IsOwn(string header) => Own.Contains(header);

    private static readonly FrozenSet<string> Own = Kept.Concat(OfDelivery).Append(Signature).ToFrozenSet(StringComparer.Ordinal);
}
