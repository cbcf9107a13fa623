using System.Runtime.CompilerServices;
using MassTransit;
using Messaging.Outbox.Execution;
using Messaging.Outbox.MassTransit.Pipeline;
using Messaging.Outbox.Queues;

namespace Messaging.Outbox.MassTransit.Endpoints;

/// <summary>Records, while endpoints are configured, which parts of the outbox each of them has, and with which settings.</summary>
internal sealed class ConfiguredEndpoints(DeliveryLifecycle lifecycle, QueueDirectory queues)
{
    private readonly ConditionalWeakTable<IReceiveEndpointConfigurator, ConfiguredEndpoint> _endpoints = [];

    public ConfiguredEndpoint Of(IReceiveEndpointConfigurator endpoint) => _endpoints.GetOrCreateValue(endpoint);

    /// <summary>
    /// Returns the shared state of an endpoint's deliveries. The first call adds the delivery filter, which is then outside of all
    /// filters that are added later.
    /// </summary>
    public PipelineEndpoint PipelineOf(IReceiveEndpointConfigurator endpoint)
    {
        var configured = Of(endpoint);
        if (configured.Pipeline is null)
        {
            configured.Pipeline = new PipelineEndpoint(lifecycle, queues);
            _ = new DeliveryFilterObserver(endpoint, configured.Pipeline, () => configured.HasDeliveryFilter);
        }

        return configured.Pipeline;
    }
}
