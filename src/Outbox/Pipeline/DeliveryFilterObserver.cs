using MassTransit;
using MassTransit.Configuration;

namespace Messaging.Outbox.Pipeline;

/// <summary>Adds the filter once for each message type of an endpoint.</summary>
internal sealed class DeliveryFilterObserver : ConfigurationObserver, IMessageConfigurationObserver
{
    private readonly PipelineEndpoint _endpoint;
    private readonly Func<bool> _isWanted;

    /// <param name="configurator">The endpoint.</param>
    /// <param name="endpoint">What its deliveries have in common.</param>
    /// <param name="isWanted">Asked for each type of message, once the endpoint is configured.</param>
    public DeliveryFilterObserver(IReceiveEndpointConfigurator configurator, PipelineEndpoint endpoint, Func<bool> isWanted)
        : base(configurator)
    {
        _endpoint = endpoint;
        _isWanted = isWanted;
        configurator.ConnectReceiveEndpointObserver(endpoint);
        Connect(this);
    }

    public void MessageConfigured<TMessage>(IConsumePipeConfigurator configurator)
        where TMessage : class
    {
        if (_isWanted())
        {
            configurator.AddPipeSpecification(new FilterPipeSpecification<ConsumeContext<TMessage>>(new DeliveryFilter<TMessage>(_endpoint)));
        }
    }
}
