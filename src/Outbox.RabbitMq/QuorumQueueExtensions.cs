using MassTransit;
using Messaging.Outbox.Redelivery;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.RabbitMq;

/// <summary>Configures the queues of endpoints on RabbitMQ. It has no effect on other transports.</summary>
internal static class QuorumQueueExtensions
{
    private const string LogCategory = "Messaging.Outbox.RabbitMq.Queues";

    /// <summary>
    /// Gives the endpoint a replicated queue that dead-letters messages to its error queue when they were delivered too many
    /// times without an outcome. Dead-lettering is at-least-once: the broker keeps the message until the error queue has it. An
    /// existing queue with other arguments is used as it is, with a warning. Call it after the prefetch count is set.
    /// </summary>
    /// <param name="endpoint">The queue's endpoint.</param>
    /// <param name="context">The registration context.</param>
    /// <param name="retry">The retry policy of the endpoint's other filters.</param>
    /// <exception cref="OutboxConfigurationException">The broker would dead-letter a message before the worker does.</exception>
    public static void UseQuorumQueue(this IReceiveEndpointConfigurator endpoint, IRegistrationContext context, RetryOptions retry)
    {
        if (endpoint is not IRabbitMqReceiveEndpointConfigurator rabbitMq)
        {
            return;
        }

        var queue = endpoint.InputAddress.AbsolutePath.Split('/')[^1];
        var options = context.GetRequiredService<IOptions<RabbitMqOptions>>().Value;
        if (options.DeliveryLimit <= retry.MaxUnfinishedDeliveries + 1)
        {
            throw new OutboxConfigurationException(
                $"RabbitMq:DeliveryLimit ({options.DeliveryLimit}) must be above {queue}'s MaxUnfinishedDeliveries + 1; otherwise tasks whose messages the broker dead-letters first never fail.");
        }

        // When another channel is creating a quorum queue, RabbitMQ (seen with 3.10) answers its declaration before the queue
        // exists, and consuming from it then closes the whole connection (INTERNAL_ERROR). So if a separate endpoint collects
        // dead letters, only that endpoint declares the error queue.
        rabbitMq.SetQuorumQueue(queue, options, declaresErrorQueue: !context.GetRequiredService<IOptions<OutboxOptions>>().Value.CollectDeadLetters);
        var timeout = ConsumerTimeout.NeededBy(retry, endpoint.PrefetchCount, options.ConsumerTimeout);
        if (timeout is { } needed)
        {
            rabbitMq.SetQueueArgument(ConsumerTimeout.Argument, (long)needed.TotalMilliseconds);
        }

        rabbitMq.UseExistingQueues(context, queue, timeout is null ? null : retry);
    }

    /// <summary>Batches acknowledgements, and adds the fast lane if the only consumer is an <c>IStagingConsumer</c>. Call it last.</summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="context">Provides the services.</param>
    public static void UseReceiveChannel(this IReceiveEndpointConfigurator endpoint, IRegistrationContext context)
    {
        if (endpoint is IRabbitMqReceiveEndpointConfigurator rabbitMq)
        {
            var fastLane = new FastLaneObserver(endpoint, context);
            endpoint.ConnectConsumerConfigurationObserver(fastLane);
            endpoint.ConnectSagaConfigurationObserver(fastLane);
            var filter = new ReceiveChannelFilter(
                fastLane,
                context.GetRequiredService<InterruptedDeliveries>(),
                context.GetRequiredService<ILoggerFactory>().CreateLogger(LogCategory));
            rabbitMq.ConfigureChannel(channel => channel.UseFilter(filter));
        }
    }

    /// <summary>
    /// Configures an error queue. The delivery limit is practically infinite, so that reading messages without acknowledging them
    /// does not remove them. The queue is declared by the endpoint that collects from it, or by the main queue's endpoint, and by
    /// MassTransit, which copies the main queue's arguments. All must declare the same arguments.
    /// </summary>
    internal static void SetErrorQueue(this IRabbitMqQueueConfigurator errorQueue)
    {
        errorQueue.SetQuorumQueue();
        errorQueue.SetQueueArgument("x-delivery-limit", 1_000_000_000);
        errorQueue.SetQueueArgument("x-dead-letter-exchange", null!);
        errorQueue.SetQueueArgument("x-dead-letter-strategy", null!);
        errorQueue.SetQueueArgument("x-overflow", null!);
        errorQueue.SetQueueArgument(ConsumerTimeout.Argument, null!);
    }

    internal static void UseExistingQueues(
        this IRabbitMqReceiveEndpointConfigurator endpoint, IRegistrationContext context, string queue, RetryOptions? retry = null)
    {
        var policy = new QueuePolicy(
            queue,
            retry,
            context.GetRequiredService<IOptions<RabbitMqOptions>>().Value.ConsumerTimeout,
            context.GetRequiredService<ILoggerFactory>().CreateLogger(LogCategory));
        endpoint.ConfigureChannel(channel => channel.UseFilter(new DeclaringChannelFilter(policy, context.GetRequiredService<DeclaredTopology>())));
    }

    private static void SetQuorumQueue(
        this IRabbitMqReceiveEndpointConfigurator endpoint, string queue, RabbitMqOptions options, bool declaresErrorQueue)
    {
        var errorQueue = $"{queue}_error";
        endpoint.SetQuorumQueue();
        endpoint.SetQueueArgument("x-delivery-limit", options.DeliveryLimit);
        endpoint.SetQueueArgument("x-dead-letter-strategy", "at-least-once");
        endpoint.SetQueueArgument("x-overflow", "reject-publish"); // required by that strategy
        if (declaresErrorQueue)
        {
            endpoint.BindDeadLetterQueue(errorQueue, errorQueue, SetErrorQueue);
        }
        else
        {
            endpoint.SetQueueArgument("x-dead-letter-exchange", errorQueue);
        }
    }
}
