using MassTransit;
using Messaging.Outbox.MassTransit.Endpoints;
using Messaging.Outbox.Queues;
using Messaging.Outbox.Transport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Messaging.Outbox;

/// <summary>Makes an endpoint's queue one that can be paused and limited while it runs.</summary>
internal static class QueueConfigurationExtensions
{
    private const string LogCategory = "Messaging.Outbox.Queues";

    /// <summary>
    /// Lets messages through to the consumers as the queue's settings say, which are set over <see cref="IQueueControl"/>. Has to come
    /// first: before <c>UseDelayedRedelivery</c>, and after the endpoint's prefetch count has been set. The transport's own
    /// concurrency limit becomes the prefetch count, above which no setting has an effect.
    /// </summary>
    /// <param name="configurator">The endpoint.</param>
    /// <param name="context">Where the services come from.</param>
    /// <param name="concurrency">
    /// Messages that this process consumes at once while nothing is set. Default: the endpoint's <c>ConcurrentMessageLimit</c>, or else its prefetch count.
    /// </param>
    /// <param name="priority">How urgent the queue is while nothing is set.</param>
    public static void UseQueueGate(
        this IReceiveEndpointConfigurator configurator,
        IRegistrationContext context,
        int? concurrency = null,
        QueuePriority priority = QueuePriority.Normal)
    {
        var prefetch = Math.Max(1, configurator.PrefetchCount);
        var limit = Math.Min(concurrency ?? configurator.ConcurrentMessageLimit ?? prefetch, prefetch);
        configurator.ConcurrentMessageLimit = prefetch;

        var name = ConsumerRegistry.QueueOf(configurator.InputAddress);
        var time = context.GetRequiredService<StoreClock>();
        var isNew = false;
        var endpoint = context.GetRequiredService<QueueEndpoints>().GetOrAdd(name, () =>
        {
            isNew = true;
            return new QueueEndpoint(
                name,
                limit,
                prefetch,
                priority,
                InMemoryAddress.Is(configurator.InputAddress),
                time,
                context.GetRequiredService<ILoggerFactory>().CreateLogger(LogCategory));
        });
        if (isNew) // several consumers of one queue share its gate
        {
            configurator.ConnectReceiveEndpointObserver(new QueueEndpointObserver(endpoint));
            context.GetRequiredService<EndpointPolicies>().PipelineOf(configurator).Gate = endpoint.Gate;
        }
    }
}
