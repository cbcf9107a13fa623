using System.Runtime.CompilerServices;
using System.Text.Json;
using MassTransit;
using Messaging.Outbox.Transport;

namespace Messaging.Outbox.MassTransit.Endpoints;

/// <summary>The endpoints that have the outbox, with their settings, while they are configured.</summary>
internal sealed class EndpointOutboxes
{
    private readonly ConditionalWeakTable<IReceiveEndpointConfigurator, string> _given = [];

    /// <summary>Records that the endpoint gets the outbox.</summary>
    /// <returns>False if it has the outbox already, because the definitions of several consumers of one endpoint request it.</returns>
    /// <exception cref="OutboxConfigurationException">The endpoint has the outbox with other settings.</exception>
    public bool TryAdd(IReceiveEndpointConfigurator endpoint, RetryOptions policy, EndpointOutboxOptions options)
    {
        var asked = JsonSerializer.Serialize(new { policy, options });
        if (!_given.TryGetValue(endpoint, out var given))
        {
            _given.Add(endpoint, asked);
            return true;
        }

        return string.Equals(given, asked, StringComparison.Ordinal) ? false : throw new OutboxConfigurationException(
            $"The endpoint {ConsumerRegistry.QueueOf(endpoint.InputAddress)} has UseOutbox already, with another policy or other options: an endpoint has one inbox and one "
            + "policy. Call endpoint.UseOutbox(context, policy) once, or the same from each consumer's definition; a consumer with a policy of its own needs a queue of its own "
            + "(.Endpoint(e => e.Name = \"…\")).");
    }
}
