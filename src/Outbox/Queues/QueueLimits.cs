namespace Messaging.Outbox.Queues;

/// <summary>The limits of a queue that its endpoint is configured with. Settings of the queue take precedence.</summary>
/// <param name="Concurrency">The number of messages that this process consumes at once.</param>
/// <param name="Prefetch">The number of messages that the broker delivers in advance; the maximum of every setting.</param>
/// <param name="Priority">The priority of the queue.</param>
internal sealed record QueueLimits(int Concurrency, int Prefetch, QueuePriority Priority);
