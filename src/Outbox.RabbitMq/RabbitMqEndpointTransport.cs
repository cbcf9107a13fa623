using System.Globalization;
using MassTransit;
using Messaging.Outbox.MassTransit.Endpoints;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.RabbitMq;

/// <summary>Adds RabbitMQ's steps to an endpoint: a quorum queue, batched acknowledgements, the fast lane.</summary>
internal sealed class RabbitMqEndpointTransport(IOptions<RabbitMqOptions> options) : IEndpointTransport
{
    public IEnumerable<OutboxPipelineStep> ConfigureQueue(IReceiveEndpointConfigurator endpoint, IRegistrationContext context, RetryOptions policy)
    {
        if (endpoint is not IRabbitMqReceiveEndpointConfigurator)
        {
            return [];
        }

        endpoint.UseQuorumQueue(context, policy);
        return [new("quorum queue", string.Create(CultureInfo.InvariantCulture, $"prefetch {endpoint.PrefetchCount}, delivery limit {options.Value.DeliveryLimit}"))];
    }

    public IEnumerable<OutboxPipelineStep> ConfigureReceiving(IReceiveEndpointConfigurator endpoint, IRegistrationContext context)
    {
        if (endpoint is not IRabbitMqReceiveEndpointConfigurator)
        {
            return [];
        }

        endpoint.UseReceiveChannel(context);
        return [new("acknowledgement", "in groups; a consumer that only stages uses the fast lane")];
    }
}
