using MassTransit;

namespace Messaging.Outbox.MassTransit.Endpoints;

/// <summary>Adds a broker's own steps to an endpoint. The in-memory transport registers no implementation.</summary>
internal interface IEndpointTransport
{
    /// <summary>Configures the queue, before all other steps of the outbox.</summary>
    /// <param name="endpoint">The queue's endpoint.</param>
    /// <param name="context">Provides the services.</param>
    /// <param name="policy">The retry policy.</param>
    /// <returns>The steps that were added.</returns>
    IEnumerable<OutboxPipelineStep> ConfigureQueue(IReceiveEndpointConfigurator endpoint, IRegistrationContext context, RetryOptions policy);

    /// <summary>Configures how deliveries are received and acknowledged, after all other steps.</summary>
    /// <param name="endpoint">The queue's endpoint.</param>
    /// <param name="context">Provides the services.</param>
    /// <returns>The steps that were added.</returns>
    IEnumerable<OutboxPipelineStep> ConfigureReceiving(IReceiveEndpointConfigurator endpoint, IRegistrationContext context);
}
