using MassTransit;

namespace Messaging.Outbox.MassTransit.Endpoints;

/// <summary>What a broker adds to an endpoint of the outbox. There may be none: in memory nothing is to be added.</summary>
internal interface IEndpointTransport
{
    /// <summary>Configures the queue, before everything else of the outbox.</summary>
    /// <param name="endpoint">The queue's endpoint.</param>
    /// <param name="context">Where the services come from.</param>
    /// <param name="policy">What happens to a failing message.</param>
    /// <returns>The steps that it has added.</returns>
    IEnumerable<OutboxPipelineStep> ConfigureQueue(IReceiveEndpointConfigurator endpoint, IRegistrationContext context, RetryOptions policy);

    /// <summary>Configures how deliveries are received and acknowledged, after everything else.</summary>
    /// <param name="endpoint">The queue's endpoint.</param>
    /// <param name="context">Where the services come from.</param>
    /// <returns>The steps that it has added.</returns>
    IEnumerable<OutboxPipelineStep> ConfigureReceiving(IReceiveEndpointConfigurator endpoint, IRegistrationContext context);
}
