namespace Messaging.Outbox.AspNetCore.Queues;

/// <summary>A queue with its settings and its current state.</summary>
/// <param name="Name">The queue's name.</param>
/// <param name="Depth">Messages that wait for a worker, at the broker and in the outbox; null if the broker is unavailable.</param>
/// <param name="DepthIsCapped">Whether <c>depth</c> is a lower bound.</param>
/// <param name="InFlight">Messages that workers are consuming.</param>
/// <param name="Delayed">Messages that are not due yet.</param>
/// <param name="DelayedIsCapped">Whether <c>delayed</c> is a lower bound.</param>
/// <param name="DeadLetters">Dead letters that are not decided yet.</param>
/// <param name="DeadLettersAreCapped">Whether <c>deadLetters</c> is a lower bound.</param>
/// <param name="Rate">Messages per second in the workers' last interval.</param>
/// <param name="OldestSeconds">How long the oldest message has been due, in seconds; null if there is none.</param>
/// <param name="Consumers">The processes that consume the queue.</param>
/// <param name="Priority">Its priority.</param>
/// <param name="Paused">Whether it is paused.</param>
/// <param name="Concurrency">Messages that each worker consumes at once; null if the workers' configuration applies.</param>
/// <param name="RateLimit">Messages per second, of all workers together; null for no limit.</param>
internal record QueueView(
    string Name,
    long? Depth,
    bool DepthIsCapped,
    int InFlight,
    long Delayed,
    bool DelayedIsCapped,
    long DeadLetters,
    bool DeadLettersAreCapped,
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
        queue.DepthIsCapped,
        queue.InFlight,
        queue.Delayed,
        queue.DelayedIsCapped,
        queue.DeadLetters,
        queue.DeadLettersAreCapped,
        queue.Rate,
        queue.OldestSeconds,
        queue.Consumers,
        queue.Settings.Priority,
        queue.Settings.Paused,
        queue.Settings.Concurrency,
        queue.Settings.RateLimit);
}
