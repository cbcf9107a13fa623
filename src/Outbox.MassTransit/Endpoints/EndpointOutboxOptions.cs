namespace Messaging.Outbox;

/// <summary>The settings of one endpoint's outbox, besides its retry policy.</summary>
public sealed class EndpointOutboxOptions
{
    /// <summary>
    /// The number of messages that this process consumes concurrently; a value set through <see cref="IQueueControl"/> takes
    /// precedence. Default: the endpoint's <c>ConcurrentMessageLimit</c>, or its prefetch count. The maximum is the prefetch count.
    /// </summary>
    public int? Concurrency { get; set; }

    /// <summary>
    /// The priority of the queue; a value set through <see cref="IQueueControl"/> takes precedence. Default
    /// <see cref="QueuePriority.Normal"/>.
    /// </summary>
    public QueuePriority Priority { get; set; } = QueuePriority.Normal;

    /// <summary>
    /// Whether the queue belongs to one process and is deleted with it, so that each process gets every message. Each process has
    /// its own inbox key. The task ends when the first process has finished; it is Failed only as long as no process has
    /// succeeded. Nothing is kept that would outlive the queue: the queue cannot be paused or limited and is not reported,
    /// attempts are not deferred, and a message whose last attempt failed is not stored as a dead letter, because a redrive would
    /// have no queue to send it to. Default false.
    /// </summary>
    public bool IsInstance { get; set; }
}
