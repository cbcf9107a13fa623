using System.Runtime.CompilerServices;
using MassTransit;

namespace Messaging.Outbox.Inbox;

/// <summary>What of the outbox the endpoints have, while they are being configured.</summary>
internal sealed class EndpointPolicies
{
    private readonly ConditionalWeakTable<IReceiveEndpointConfigurator, EndpointPolicy> _policies = [];

    public EndpointPolicy Of(IReceiveEndpointConfigurator endpoint) => _policies.GetOrCreateValue(endpoint);
}

/// <summary>What of the outbox one endpoint has.</summary>
internal sealed class EndpointPolicy
{
    private string? _inbox;

    public bool HasInbox => _inbox is not null;

    /// <summary>Whether somebody has configured the redelivery.</summary>
    public bool HasRedelivery { get; set; }

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
            throw new ConfigurationException($"The endpoint {queue} has {_inbox} already and cannot have {method} as well: it has one inbox.");
        }

        var isNew = _inbox is null;
        _inbox = method;
        return isNew;
    }
}
