using System.Runtime.CompilerServices;
using MassTransit;
using Messaging.Outbox.Execution;
using Messaging.Outbox.MassTransit.Pipeline;
using Messaging.Outbox.Queues;

namespace Messaging.Outbox.MassTransit.Endpoints;

/// <summary>The parts of the outbox that endpoints have, while they are being configured.</summary>
internal sealed class EndpointPolicies(DeliveryLifecycle lifecycle, QueueDirectory queues)
{
    private readonly ConditionalWeakTable<IReceiveEndpointConfigurator, EndpointPolicy> _policies = [];

    public EndpointPolicy Of(IReceiveEndpointConfigurator endpoint) => _policies.GetOrCreateValue(endpoint);

    /// <summary>
    /// The shared state of an endpoint's deliveries. The first call adds the delivery filter, outside of all filters that follow.
    /// </summary>
    public PipelineEndpoint PipelineOf(IReceiveEndpointConfigurator endpoint)
    {
        var policy = Of(endpoint);
        if (policy.Pipeline is null)
        {
            policy.Pipeline = new PipelineEndpoint(lifecycle, queues);
            _ = new DeliveryFilterObserver(endpoint, policy.Pipeline, () => policy.HasDeliveryFilter);
        }

        return policy.Pipeline;
    }
}

/// <summary>The parts of the outbox that one endpoint has.</summary>
internal sealed class EndpointPolicy
{
    public bool HasInbox { get; set; }

    /// <summary>Whether its retries are configured.</summary>
    public bool HasRetries { get; set; }

    /// <summary>The shared state of its deliveries; null before it is used.</summary>
    public PipelineEndpoint? Pipeline { get; set; }

    /// <summary>Whether its deliveries go through the filter; those of job consumers do not.</summary>
    public bool HasDeliveryFilter => HasRetries || HasDefaultInbox || Pipeline?.Gate is not null;

    /// <summary>Whether it gets no inbox.</summary>
    public bool IsExcluded { get; set; }

    /// <summary>Whether it gets the defaults.</summary>
    public bool HasDefaults { get; set; }

    /// <summary>Whether it got the inbox by default.</summary>
    public bool HasDefaultInbox { get; set; }
}
