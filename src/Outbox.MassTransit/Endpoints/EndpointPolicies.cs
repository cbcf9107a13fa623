using System.Runtime.CompilerServices;
using MassTransit;
using Messaging.Outbox.Execution;
using Messaging.Outbox.MassTransit.Pipeline;
using Messaging.Outbox.Queues;

namespace Messaging.Outbox.MassTransit.Endpoints;

/// <summary>Records, while endpoints are configured, which parts of the outbox each of them has.</summary>
internal sealed class EndpointPolicies(DeliveryLifecycle lifecycle, QueueDirectory queues)
{
    private readonly ConditionalWeakTable<IReceiveEndpointConfigurator, EndpointPolicy> _policies = [];

    public EndpointPolicy Of(IReceiveEndpointConfigurator endpoint) => _policies.GetOrCreateValue(endpoint);

    /// <summary>
    /// Returns the shared state of an endpoint's deliveries. The first call adds the delivery filter, which is then outside of all
    /// filters that are added later.
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

    /// <summary>Whether <c>UseOutbox</c> has set the retry policy.</summary>
    public bool HasRetries { get; set; }

    /// <summary>The shared state of its deliveries; null until <see cref="EndpointPolicies.PipelineOf"/> creates it.</summary>
    public PipelineEndpoint? Pipeline { get; set; }

    /// <summary>Whether it gets the delivery filter. An endpoint with only job consumers gets it only by <c>UseOutbox</c>.</summary>
    public bool HasDeliveryFilter => HasRetries || HasDefaultInbox || Pipeline?.Gate is not null;

    /// <summary>Whether <c>WithoutOutbox</c> excluded it from the inbox.</summary>
    public bool IsExcluded { get; set; }

    /// <summary>Whether the default outbox was added.</summary>
    public bool HasDefaults { get; set; }

    /// <summary>Whether it has the inbox by default, without a call of <c>UseOutbox</c>.</summary>
    public bool HasDefaultInbox { get; set; }
}
