namespace Messaging.Outbox.Transport;

/// <summary>Headers that the outbox adds to a message.</summary>
internal static class OutboxHeaders
{
    /// <summary>The id of the task that this message is, for a message that is followed.</summary>
    public const string TaskId = "Task-Id";

    /// <summary>Attempts made before this delivery, for a message that was put off.</summary>
    public const string Attempts = "Task-Attempts";

    /// <summary>The row that this delivery comes from, over a transport without a memory of its own.</summary>
    public const string OutboxId = "Outbox-Id";

    /// <summary>How often a delivery ended without an outcome. RabbitMQ's quorum queues count it under this name.</summary>
    public const string DeliveryCount = "x-delivery-count";
}
