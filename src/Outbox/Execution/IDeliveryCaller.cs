using Messaging.Outbox.Deliveries;
using Messaging.Outbox.Queues;

namespace Messaging.Outbox.Execution;

/// <summary>A delivery that may wait, with the operations that only the caller of <see cref="DeliveryLifecycle"/> can perform.</summary>
internal interface IDeliveryCaller
{
    DeliveryProgress Delivery { get; }

    /// <summary>The gate of its queue; null if the queue has none.</summary>
    QueueGate? Gate { get; }

    /// <summary>When the message was sent; it is due at this time plus its delay. Null if unknown.</summary>
    DateTime? SentTime { get; }

    /// <summary>The name of the message's type for logs.</summary>
    string MessageType { get; }

    /// <summary>Cancelled when the endpoint stops, which ends a pause before a retry.</summary>
    CancellationToken Stopping { get; }

    /// <summary>Runs the executions of all consumers of the delivery once.</summary>
    /// <param name="retries">The number of retries within this delivery so far.</param>
    Task AttemptAsync(int retries);

    /// <summary>Creates the deferred copy of the message.</summary>
    Task<StagedMessage> EncodeAsync(NextMessage next);

    /// <summary>Called after the deferral is committed: the delivery may be acknowledged.</summary>
    Task DeferredAsync();

    /// <summary>Publishes a Fault to its subscribers.</summary>
    Task PublishFaultAsync();

    /// <summary>Ends the delivery without an outcome because the endpoint stops: the broker requeues it.</summary>
    void Abandon();
}
