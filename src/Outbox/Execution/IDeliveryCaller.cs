using Messaging.Outbox.Deliveries;
using Messaging.Outbox.Queues;

namespace Messaging.Outbox.Execution;

/// <summary>A delivery of a transport that may wait, and what only its caller can do.</summary>
internal interface IDeliveryCaller
{
    DeliveryProgress Delivery { get; }

    /// <summary>The gate of its queue; null where nobody steers it.</summary>
    QueueGate? Gate { get; }

    /// <summary>When the message was sent, and has been due since, unless it was delayed.</summary>
    DateTime? SentTime { get; }

    /// <summary>The name of the message's type, for the log.</summary>
    string MessageType { get; }

    /// <summary>Ends with the endpoint: a pause before a retry is cut short then.</summary>
    CancellationToken Stopping { get; }

    /// <summary>Runs the executions of all consumers of the delivery once.</summary>
    /// <param name="retries">Retries that were made before within this delivery.</param>
    Task AttemptAsync(int retries);

    /// <summary>Makes the message once more, to be deferred.</summary>
    Task<StagedMessage> EncodeAsync(NextMessage next);

    /// <summary>It is stored when it comes again: this delivery may be acknowledged.</summary>
    Task DeferredAsync();

    /// <summary>Tells those who asked for it that the message has failed for good.</summary>
    Task PublishFaultAsync();

    /// <summary>It ends without an outcome, since the endpoint stops: the broker has it again.</summary>
    void Abandon();
}
