using MassTransit;
using Messaging.Outbox;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Messaging.ServiceDefaults.Messaging;

/// <summary>The policy of an endpoint, by the settings of its queue.</summary>
internal static class TaskEndpointExtensions
{
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="context">Where the services come from.</param>
    /// <param name="onlyStages">Whether its consumer waits for nothing but a commit that many share.</param>
    public static void UseTaskPolicy(this IReceiveEndpointConfigurator endpoint, IRegistrationContext context, bool onlyStages)
    {
        var queue = endpoint.InputAddress.AbsolutePath.Split('/')[^1];
        var options = context.GetRequiredService<IOptionsMonitor<EndpointOptions>>().Get(queue);

        // What waits for a commit together with others is followed by as many that are there already.
        var (concurrency, prefetch) = onlyStages
            ? (options.StagingConcurrency, options.StagingConcurrency * 2)
            : (options.Concurrency, options.Concurrency);
        endpoint.PrefetchCount = Math.Max(options.Prefetch, prefetch);
        if (endpoint is IRabbitMqReceiveEndpointConfigurator rabbitMq)
        {
            var limit = context.GetRequiredService<IOptions<RabbitMqOptions>>().Value.DeliveryLimit;
            if (limit <= options.Retry.MaxUnfinishedDeliveries + 1)
            {
                throw new ConfigurationException(
                    $"RabbitMq:DeliveryLimit ({limit}) has to be above {queue}'s MaxUnfinishedDeliveries + 1, or tasks that the broker gives up first never fail.");
            }

            rabbitMq.UseQuorumQueue(queue, limit, declaresErrorQueue: !context.GetRequiredService<IOptions<OutboxOptions>>().Value.CollectDeadLetters);
        }

        endpoint.UseQueueGate(context, concurrency, options.Priority);
        endpoint.UseDelayedRedelivery(context, options.Retry);
        endpoint.UseMessageRetry(retry => retry.Immediate(options.Retry));
        endpoint.UseTransactionalOutbox(context);
    }

    /// <summary>Acknowledges together what is done together, and offers deliveries to the direct receiver, if there is one.</summary>
    public static void UseReceiveChannel(this IReceiveEndpointConfigurator endpoint, Func<DirectReceiver?> createDirect)
    {
        if (endpoint is IRabbitMqReceiveEndpointConfigurator rabbitMq)
        {
            var direct = createDirect();
            rabbitMq.ConfigureChannel(channel => channel.UseFilter(new ReceiveChannelFilter(direct)));
        }
    }
}
