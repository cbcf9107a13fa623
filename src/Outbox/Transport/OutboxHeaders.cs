using System.Collections.Frozen;

namespace Messaging.Outbox.Transport;

/// <summary>Headers that the outbox adds to a message. They are read from the transport, so that they can change without the body.</summary>
internal static class OutboxHeaders
{
    /// <summary>The id of the task that this message is, for a message that is followed.</summary>
    public const string TaskId = "Task-Id";

    /// <summary>Attempts made before this delivery, for a message that was put off or redriven.</summary>
    public const string Attempts = "Task-Attempts";

    /// <summary>How often the message was put off since it was handed on, or redriven.</summary>
    public const string Redeliveries = "Task-Redeliveries";

    /// <summary>How often the message was sent again after it had been given up.</summary>
    public const string Redrives = "Task-Redrives";

    /// <summary>Which part of its work the message is for, when a consumer does it in several; absent for the first.</summary>
    public const string Part = "Task-Part";

    /// <summary>Attempts made before the latest redrive, or before this part, which do not count against the allowed ones.</summary>
    public const string AttemptsBeforeRedrive = "Task-Attempts-Before-Redrive";

    /// <summary>Present when other tasks wait for this one.</summary>
    public const string HasSuccessors = "Task-Has-Successors";

    /// <summary>The consumers that have to be done before the task has succeeded, when there are several: <c>billing;orders*2</c>.</summary>
    public const string Consumers = "Task-Consumers";

    /// <summary>The key of a task that may wait only once.</summary>
    public const string UniqueKey = "Task-Unique-Key";

    /// <summary>How long after it was staged the message was due, in seconds; only with a delay.</summary>
    public const string DelaySeconds = "Task-Delay-Seconds";

    /// <summary>The identity of a message that was accepted from outside, for one that was deferred or redriven since.</summary>
    public const string Outside = "Outbox-Outside";

    /// <summary>What proves that a dispatcher has sent it (<see cref="SigningOptions"/>).</summary>
    public const string Signature = "Outbox-Signature";

    /// <summary>The row that this delivery comes from, over a transport without a memory of its own.</summary>
    public const string OutboxId = "Outbox-Id";

    /// <summary>How often a delivery ended without an outcome. RabbitMQ's quorum queues count it under this name.</summary>
    public const string DeliveryCount = "x-delivery-count";

    /// <summary>The <see cref="TaskId"/> of a message that is no task although its body may say so.</summary>
    public const string NoTask = "none";

    /// <summary>The headers that a message keeps when it is put off.</summary>
    public static IReadOnlyList<string> Kept { get; } = [TaskId, Part, Redrives, AttemptsBeforeRedrive, HasSuccessors, Consumers, UniqueKey, Outside];

    /// <summary>The headers that say how far a delivery has got, and that a new start does not take over.</summary>
    public static IReadOnlyList<string> OfDelivery { get; } = [Attempts, Redeliveries, Redrives, AttemptsBeforeRedrive, DelaySeconds, OutboxId, DeliveryCount];

    /// <summary>Whether a header is one of these.</summary>
    public static bool IsOwn(string header) => Own.Contains(header);

    private static readonly FrozenSet<string> Own = Kept.Concat(OfDelivery).Append(Signature).ToFrozenSet(StringComparer.Ordinal);
}
