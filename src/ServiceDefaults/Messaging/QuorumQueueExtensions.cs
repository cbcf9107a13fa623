using MassTransit;

namespace Messaging.ServiceDefaults.Messaging;

internal static class QuorumQueueExtensions
{
    /// <summary>
    /// A replicated queue that dead-letters to the queue's own error queue what it delivered too often without an outcome.
    /// At least once, so that the broker keeps the message until the error queue has it.
    /// </summary>
    public static void UseQuorumQueue(this IRabbitMqReceiveEndpointConfigurator endpoint, string queue, int deliveryLimit)
    {
        var errorQueue = $"{queue}_error";
        SetArguments(endpoint);
        endpoint.BindDeadLetterQueue(errorQueue, errorQueue, SetArguments);

        // The error queue gets the same arguments from MassTransit when it moves a message there.
        void SetArguments(IRabbitMqQueueConfigurator configurator)
        {
            configurator.SetQuorumQueue();
            configurator.SetQueueArgument("x-delivery-limit", deliveryLimit);
            configurator.SetQueueArgument("x-dead-letter-exchange", errorQueue);
            configurator.SetQueueArgument("x-dead-letter-strategy", "at-least-once");
            configurator.SetQueueArgument("x-overflow", "reject-publish");
        }
    }
}
