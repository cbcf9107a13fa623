using MassTransit;
using Messaging.Outbox;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Messaging.ServiceDefaults.Messaging;

/// <summary>
/// The policy of a consumer's endpoint, from outside to inside: the queue's gate, delayed redelivery, immediate retries, inbox. Register a
/// consumer with this definition.
/// </summary>
public sealed class TaskConsumerDefinition<TConsumer> : ConsumerDefinition<TConsumer>
    where TConsumer : class, IConsumer
{
    /// <inheritdoc />
    protected override void ConfigureConsumer(
        IReceiveEndpointConfigurator endpointConfigurator,
        IConsumerConfigurator<TConsumer> consumerConfigurator,
        IRegistrationContext context)
    {
        var queue = endpointConfigurator.InputAddress.AbsolutePath.Split('/')[^1];
        var options = context.GetRequiredService<IOptionsMonitor<EndpointOptions>>().Get(queue);

        // What waits for a commit together with others is followed by as many that are there already.
        var (concurrency, prefetch) = typeof(TConsumer).IsAssignableTo(typeof(IStagingConsumer))
            ? (options.StagingConcurrency, options.StagingConcurrency * 2)
            : (options.Concurrency, options.Concurrency);
        endpointConfigurator.PrefetchCount = Math.Max(options.Prefetch, prefetch);
        if (endpointConfigurator is IRabbitMqReceiveEndpointConfigurator rabbitMq)
        {
            var limit = context.GetRequiredService<IOptions<RabbitMqOptions>>().Value.DeliveryLimit;
            if (limit <= options.Retry.MaxUnfinishedDeliveries + 1)
            {
                throw new ConfigurationException(
                    $"RabbitMq:DeliveryLimit ({limit}) has to be above {queue}'s MaxUnfinishedDeliveries + 1, or tasks that the broker gives up first never fail.");
            }

            rabbitMq.UseQuorumQueue(queue, limit, declaresErrorQueue: !context.GetRequiredService<IOptions<OutboxOptions>>().Value.CollectDeadLetters);
        }

        endpointConfigurator.UseQueueGate(context, concurrency, options.Priority);
        endpointConfigurator.UseDelayedRedelivery(context, options.Retry);
        endpointConfigurator.UseMessageRetry(retry => retry.Immediate(options.Retry));
        endpointConfigurator.UseTransactionalOutbox(context);
        if (endpointConfigurator is IRabbitMqReceiveEndpointConfigurator channels)
        {
            var direct = endpointConfigurator.CreateDirectReceiver<TConsumer>(context);
            channels.ConfigureChannel(channel => channel.UseFilter(new ReceiveChannelFilter(direct)));
        }
    }
}
