namespace Messaging.Outbox.AspNetCore.Queues;

/// <summary>A queue as the API shows it: its settings and how it gets on.</summary>
/// <param name="Name">The queue's name.</param>
/// <param name="Depth">Messages that wait for a worker, at the broker and in the outbox; null when the broker is out of reach.</param>
/// <param name="InFlight">Messages that workers have taken and are not done with.</param>
/// <param name="Delayed">Messages that are not due yet.</param>
/// <param name="DeadLetters">Messages that were given up and wait for a decision.</param>
/// <param name="IsCapped">Whether one of the numbers was not counted to its end.</param>
/// <param name="Rate">Messages per second, over the workers' last interval.</param>
/// <param name="OldestSeconds">For how long the oldest message has been due; null for none.</param>
/// <param name="Consumers">The processes that consume the queue.</param>
/// <param name="Priority">How urgent it is.</param>
/// <param name="Paused">Whether nothing is taken from it.</param>
/// <param name="Concurrency">Messages that each worker consumes at once; null for what it is configured with.</param>
/// <param name="RateLimit">Messages per second, of all workers together; null for no limit.</param>
internal sealed record QueueView(
    string Name,
    long? Depth,
    int InFlight,
    long Delayed,
    long DeadLetters,
    bool IsCapped,
    double Rate,
    double? OldestSeconds,
    IReadOnlyList<QueueConsumer> Consumers,
    QueuePriority Priority,
    bool Paused,
    int? Concurrency,
    double? RateLimit)
{
    public static QueueView Of(QueueRecord queue) => new(
        queue.Settings.Name,
        queue.Depth,
        queue.InFlight,
        queue.Delayed,
        queue.DeadLetters,
        queue.IsCapped,
        queue.Rate,
        queue.OldestSeconds,
        queue.Consumers,
        queue.Settings.Priority,
        queue.Settings.Paused,
        queue.Settings.Concurrency,
        queue.Settings.RateLimit);
}
