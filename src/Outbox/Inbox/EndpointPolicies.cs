using System.Runtime.CompilerServices;
using MassTransit;
using Messaging.Outbox.Execution;
using Messaging.Outbox.Pipeline;
using Messaging.Outbox.Transport;

namespace Messaging.Outbox.Inbox;

/// <summary>What of the outbox the endpoints have, while they are being configured.</summary>
internal sealed class EndpointPolicies(DeliveryLifecycle lifecycle, QueueDirectory queues)
{
    private readonly ConditionalWeakTable<IReceiveEndpointConfigurator, EndpointPolicy> _policies = [];

    public EndpointPolicy Of(IReceiveEndpointConfigurator endpoint) => _policies.GetOrCreateValue(endpoint);

    /// <summary>What its deliveries have in common; asked for, the filter of them is installed, outside of all that follows.</summary>
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

/// <summary>What of the outbox one endpoint has.</summary>
internal sealed class EndpointPolicy
{
    private string? _inbox;

    public bool HasInbox => _inbox is not null;

    /// <summary>Whether somebody has configured the retries.</summary>
    public bool HasRetries { get; set; }

    /// <summary>What its deliveries have in common; null before somebody has asked for it.</summary>
    public PipelineEndpoint? Pipeline { get; set; }

    /// <summary>Whether its deliveries go through the filter: an endpoint of job consumers has none of it.</summary>
    public bool HasDeliveryFilter => HasRetries || HasDefaultInbox || Pipeline?.Gate is not null;

    /// <summary>Whether it is to have none of it.</summary>
    public bool IsExcluded { get; set; }

    /// <summary>Whether it gets by itself what nobody configures.</summary>
    public bool HasDefaults { get; set; }

    /// <summary>Whether it got the inbox by itself.</summary>
    public bool HasDefaultInbox { get; set; }

    /// <summary>Records that the endpoint is to have an inbox.</summary>
    /// <param name="method">What was called.</param>
    /// <param name="queue">The endpoint.</param>
    /// <returns>False when it has it already, as when several consumers of one endpoint ask for it.</returns>
    public bool TryAddInbox(string method, string queue)
    {
        if (_inbox is not null && !string.Equals(_inbox, method, StringComparison.Ordinal))
        {
            throw new OutboxConfigurationException($"The endpoint {queue} has {_inbox} already and cannot have {method} as well: it has one inbox.");
        }

        var isNew = _inbox is null;
        _inbox = method;
        return isNew;
    }
}
