namespace Messaging.Outbox.Queues;

/// <summary>What takes messages from a queue, so that it can be stopped while the queue is paused.</summary>
internal interface IQueueReceiver
{
    /// <summary>Does not wait until the broker can be reached.</summary>
    void Start();

    Task StopAsync(CancellationToken cancellationToken);
}
