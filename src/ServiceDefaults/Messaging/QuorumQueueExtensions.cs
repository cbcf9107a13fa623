using MassTransit;

namespace Messaging.ServiceDefaults.Messaging;

internal static class QuorumQueueExtensions
{
    /// <summary>
    /// A replicated queue that dead-letters to the queue's own error queue what it delivered too often without an outcome.
    /// At least once, so that the broker keeps the message until the error queue has it.
    /// </summary>
    /// <param name="endpoint">The queue's endpoint.</param>
    /// <param name="queue">Its name.</param>
    /// <param name="deliveryLimit">Deliveries without an outcome until the broker dead-letters.</param>
    /// <param name="declaresErrorQueue">
    /// False where an endpoint of its own collects what lies in the error queue and declares it: RabbitMQ answers a declaration of a quorum queue that
    /// another channel is just making before the queue is there, and who then consumes from it has the whole connection closed (INTERNAL_ERROR, seen with
    /// 3.10), from which not every endpoint of MassTransit came back.
    /// </param>
    public static void UseQuorumQueue(this IRabbitMqReceiveEndpointConfigurator endpoint, string queue, int deliveryLimit, bool declaresErrorQueue)
    {
        var errorQueue = $"{queue}_error";
        endpoint.SetQuorumQueue();
        endpoint.SetQueueArgument("x-delivery-limit", deliveryLimit);
        endpoint.SetQueueArgument("x-dead-letter-strategy", "at-least-once");
        endpoint.SetQueueArgument("x-overflow", "reject-publish"); // which that strategy asks for
        if (declaresErrorQueue)
        {
            endpoint.BindDeadLetterQueue(errorQueue, errorQueue, SetErrorQueue);
        }
        else
        {
            endpoint.SetQueueArgument("x-dead-letter-exchange", errorQueue);
        }
    }

    /// <summary>
    /// An error queue keeps what it has, however often somebody looks into it. It is declared by the endpoint that
    /// collects from it, or else by the queue's own, and by MassTransit, which starts from that one's arguments: all have to say the same.
    /// </summary>
    public static void SetErrorQueue(this IRabbitMqQueueConfigurator errorQueue)
    {
        errorQueue.SetQuorumQueue();
        errorQueue.SetQueueArgument("x-delivery-limit", 1_000_000_000);
        errorQueue.SetQueueArgument("x-dead-letter-exchange", null!);
        errorQueue.SetQueueArgument("x-dead-letter-strategy", null!);
        errorQueue.SetQueueArgument("x-overflow", null!);
    }
}
