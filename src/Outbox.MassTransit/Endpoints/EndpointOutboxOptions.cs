namespace Messaging.Outbox;

/// <summary>What one endpoint's outbox is, besides its policy.</summary>
public sealed class EndpointOutboxOptions
{
    /// <summary>
    /// Messages that this process consumes at once while nothing is set over <see cref="IQueueControl"/>. Default: the endpoint's
    /// <c>ConcurrentMessageLimit</c>, or else its prefetch count, which is the largest number in any case.
    /// </summary>
    public int? Concurrency { get; set; }

    /// <summary>How urgent the queue is while nothing is set. Default <see cref="QueuePriority.Normal"/>.</summary>
    public QueuePriority Priority { get; set; } = QueuePriority.Normal;

    /// <summary>
    /// The queue is one that a process has to itself and that goes with it, so that each of several processes gets every message: each has an inbox
    /// key of its own, and the first that is done ends the task. Nothing is kept that would outlive the queue: it cannot be paused and is not among
    /// the queues that are reported, no attempt is deferred, and what is given up becomes no dead letter - there would be nowhere to send it
    /// again. Its task is Failed only as long as no other process has succeeded. Default false.
    /// </summary>
    public bool IsInstance { get; set; }
}
