using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.RabbitMq;

/// <summary>The queues of endpoints on RabbitMQ. On another transport none of this has an effect.</summary>
public static class QuorumQueueExtensions
{
    private const string LogCategory = "Messaging.Outbox.RabbitMq.Queues";

    /// <summary>
    /// Gives the endpoint a replicated queue that dead-letters to its own error queue what was delivered too often without an outcome.
    /// At least once, so that the broker keeps the message until the error queue has it. A queue that is there already, with other arguments, is
    /// used as it is, and a warning says so. Has to come after the prefetch count has been set.
    /// </summary>
    /// <param name="endpoint">The queue's endpoint.</param>
    /// <param name="context">Where the settings come from.</param>
    /// <param name="retry">What happens to a failing message, as the endpoint's other filters have it.</param>
    /// <exception cref="ConfigurationException">The broker would give a message up before the worker does.</exception>
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
            throw new ConfigurationException(
                $"RabbitMq:DeliveryLimit ({options.DeliveryLimit}) has to be above {queue}'s MaxUnfinishedDeliveries + 1, or tasks that the broker gives up first never fail.");
        }

        // RabbitMQ answers a declaration of a quorum queue that another channel is just making before the queue is there, and who then consumes from
        // it has the whole connection closed (INTERNAL_ERROR, seen with 3.10): where an endpoint of its own collects dead letters, it declares the error queue.
        rabbitMq.SetQuorumQueue(queue, options, declaresErrorQueue: !context.GetRequiredService<IOptions<OutboxOptions>>().Value.CollectDeadLetters);
        var timeout = ConsumerTimeout.NeededBy(retry, endpoint.PrefetchCount, options.ConsumerTimeout);
        if (timeout is { } needed)
        {
            rabbitMq.SetQueueArgument(ConsumerTimeout.Argument, (long)needed.TotalMilliseconds);
        }

        rabbitMq.UseQueuesAsTheyAre(context, queue, timeout is null ? null : retry);
    }

    /// <summary>Acknowledges together what is done together. Has to come last.</summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="context">Where the services come from.</param>
    public static void UseReceiveChannel(this IReceiveEndpointConfigurator endpoint, IRegistrationContext context) =>
        endpoint.UseReceiveChannel(context, createFastLane: () => null);

    /// <summary>The same, and lets a consumer that only stages run past MassTransit's pipeline.</summary>
    /// <param name="endpoint">The consumer's endpoint.</param>
    /// <param name="context">Where the services come from.</param>
    public static void UseFastLane<TConsumer>(this IReceiveEndpointConfigurator endpoint, IRegistrationContext context)
        where TConsumer : class, IConsumer =>
        endpoint.UseReceiveChannel(context, () => endpoint.CreateFastLaneReceiver<TConsumer>(context));

    /// <summary>
    /// An error queue keeps what it has, however often somebody looks into it. It is declared by the endpoint that
    /// collects from it, or else by the queue's own, and by MassTransit, which starts from that one's arguments: all have to say the same.
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

    internal static void UseQueuesAsTheyAre(
        this IRabbitMqReceiveEndpointConfigurator endpoint, IRegistrationContext context, string queue, RetryOptions? retry = null)
    {
        var policy = new QueuePolicy(
            queue,
            retry,
            context.GetRequiredService<IOptions<RabbitMqOptions>>().Value.ConsumerTimeout,
            context.GetRequiredService<ILoggerFactory>().CreateLogger(LogCategory));
        endpoint.ConfigureChannel(channel => channel.UseFilter(new DeclaringChannelFilter(policy)));
    }

    private static void UseReceiveChannel(this IReceiveEndpointConfigurator endpoint, IRegistrationContext context, Func<FastLaneReceiver?> createFastLane)
    {
        if (endpoint is IRabbitMqReceiveEndpointConfigurator rabbitMq)
        {
            var filter = new ReceiveChannelFilter(createFastLane(), context.GetRequiredService<InterruptedDeliveries>());
            rabbitMq.ConfigureChannel(channel => channel.UseFilter(filter));
        }
    }

    private static void SetQuorumQueue(
        this IRabbitMqReceiveEndpointConfigurator endpoint, string queue, RabbitMqOptions options, bool declaresErrorQueue)
    {
        var errorQueue = $"{queue}_error";
        endpoint.SetQuorumQueue();
        endpoint.SetQueueArgument("x-delivery-limit", options.DeliveryLimit);
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
}
