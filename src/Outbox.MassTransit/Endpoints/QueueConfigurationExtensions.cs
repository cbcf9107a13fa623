using MassTransit;
using Messaging.Outbox.Queues;
using Messaging.Outbox.Transport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Messaging.Outbox.MassTransit.Endpoints;

/// <summary>Allows an endpoint's queue to be paused and limited at run time.</summary>
internal static class QueueConfigurationExtensions
{
    private const string LogCategory = "Messaging.Outbox.Queues";

    /// <summary>
    /// Admits messages to the consumers by the queue's settings, which <see cref="IQueueControl"/> changes. Called by
    /// <see cref="OutboxInstallation"/> before retries and inbox, after the endpoint's prefetch count has been set. The transport's
    /// own concurrency limit becomes the prefetch count, which is the maximum for the settings.
    /// </summary>
    /// <param name="configurator">The endpoint.</param>
    /// <param name="context">Provides the services.</param>
    /// <param name="concurrency">
    /// The number of messages that this process consumes concurrently, unless the queue has another setting. Default: the
    /// endpoint's <c>ConcurrentMessageLimit</c>, or its prefetch count.
    /// </param>
    /// <param name="priority">The priority of the queue, unless the queue has another setting.</param>
    public static void UseQueueGate(
        this IReceiveEndpointConfigurator configurator,
        IRegistrationContext context,
        int? concurrency = null,
        QueuePriority priority = QueuePriority.Normal)
    {
        var prefetch = Math.Max(1, configurator.PrefetchCount);
        var limits = new QueueLimits(Math.Min(concurrency ?? configurator.ConcurrentMessageLimit ?? prefetch, prefetch), prefetch, priority);
        configurator.ConcurrentMessageLimit = prefetch;

        var name = ConsumerRegistry.QueueOf(configurator.InputAddress);
        var time = context.GetRequiredService<StoreClock>();
        var endpoint = context.GetRequiredService<QueueEndpoints>().Configure(name, limits, () => new QueueEndpoint(
            name,
            limits,
            InMemoryAddress.Is(configurator.InputAddress),
            time,
            context.GetRequiredService<ILoggerFactory>().CreateLogger(LogCategory)));

        configurator.ConnectReceiveEndpointObserver(new QueueEndpointObserver(endpoint));
        context.GetRequiredService<ConfiguredEndpoints>().PipelineOf(configurator).Gate = endpoint.Gate;
    }
}
