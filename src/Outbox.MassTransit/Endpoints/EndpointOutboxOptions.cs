namespace Messaging.Outbox;

/// <summary>The settings of one endpoint's outbox, besides its retry policy.</summary>
public sealed class EndpointOutboxOptions
{
    /// <summary>
    /// The messages that this process consumes at once, unless the queue has another setting (<see cref="IQueueControl"/>).
    /// Default: the endpoint's <c>ConcurrentMessageLimit</c>, or else its prefetch count, which is also the maximum.
    /// </summary>
    public int? Concurrency { get; set; }

    /// <summary>The priority of the queue, unless the queue has another setting. Default <see cref="QueuePriority.Normal"/>.</summary>
    public QueuePriority Priority { get; set; } = QueuePriority.Normal;

    /// <summary>
    /// Whether the queue belongs to one process and is deleted with it, so that each of several processes gets every message:
    /// each has its own inbox key, and the first that finishes ends the task. Nothing is kept that would outlive the queue: it
    /// cannot be paused, it is not reported, attempts are not deferred, and a message that finally fails does not become a dead
    /// letter, because there would be no queue to send it to again. The task is Failed only as long as no other process has
    /// succeeded. Default false.
    /// </summary>
    public bool IsInstance { get; set; }
}
