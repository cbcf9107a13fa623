namespace Messaging.Outbox.Queues;

/// <summary>Receives messages from a queue; it can be stopped while the queue is paused.</summary>
internal interface IQueueReceiver
{
    /// <summary>Starts receiving, without waiting until the broker is available.</summary>
    void Start();

    Task StopAsync(CancellationToken cancellationToken);
}
