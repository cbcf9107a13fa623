using System.Runtime.CompilerServices;
using System.Text.Json;
using MassTransit;
using Messaging.Outbox.Transport;

namespace Messaging.Outbox.MassTransit.Endpoints;

/// <summary>Records, while endpoints are configured, which of them have called <c>UseOutbox</c> and with which settings.</summary>
internal sealed class EndpointOutboxes
{
    private readonly ConditionalWeakTable<IReceiveEndpointConfigurator, string> _settings = [];

    /// <summary>Records a call of <c>UseOutbox</c>. The definition of each consumer of an endpoint may call it.</summary>
    /// <returns>False if the endpoint was recorded before with the same settings.</returns>
    /// <exception cref="OutboxConfigurationException">The endpoint was recorded before with other settings.</exception>
    public bool TryAdd(IReceiveEndpointConfigurator endpoint, RetryOptions policy, EndpointOutboxOptions options)
    {
        var settings = JsonSerializer.Serialize(new { policy, options });
        if (!_settings.TryGetValue(endpoint, out var existing))
        {
            _settings.Add(endpoint, settings);
            return true;
        }

        return string.Equals(existing, settings, StringComparison.Ordinal) ? false : throw new OutboxConfigurationException(
            $"The endpoint {ConsumerRegistry.QueueOf(endpoint.InputAddress)} has UseOutbox already, with another policy or other options: an endpoint has one inbox and one "
            + "policy. Call endpoint.UseOutbox(context, policy) once, or the same from each consumer's definition; a consumer with a policy of its own needs a queue of its own "
            + "(.Endpoint(e => e.Name = \"…\")).");
    }
}
