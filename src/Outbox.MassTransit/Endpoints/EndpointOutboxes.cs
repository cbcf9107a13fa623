using System.Runtime.CompilerServices;
using System.Text.Json;
using MassTransit;
using Messaging.Outbox.Transport;

namespace Messaging.Outbox.MassTransit.Endpoints;

/// <summary>Which endpoints have been given the outbox, and how, while they are being configured.</summary>
internal sealed class EndpointOutboxes
{
    private readonly ConditionalWeakTable<IReceiveEndpointConfigurator, string> _given = [];

    /// <summary>Records that the endpoint is to have the outbox.</summary>
    /// <returns>False when it has it already, as when the definitions of several consumers of one endpoint ask for it.</returns>
    /// <exception cref="OutboxConfigurationException">It has another one.</exception>
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
