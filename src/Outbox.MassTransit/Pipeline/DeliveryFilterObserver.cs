using MassTransit;
using MassTransit.Configuration;

namespace Messaging.Outbox.MassTransit.Pipeline;

/// <summary>Adds a <see cref="DeliveryFilter{T}"/> for each message type of an endpoint.</summary>
internal sealed class DeliveryFilterObserver : ConfigurationObserver, IMessageConfigurationObserver
{
    private readonly PipelineEndpoint _endpoint;
    private readonly Func<bool> _isWanted;

    /// <param name="configurator">The endpoint.</param>
    /// <param name="endpoint">The shared state of its deliveries.</param>
    /// <param name="isWanted">Whether to add the filter; called for each message type after the endpoint was configured.</param>
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
