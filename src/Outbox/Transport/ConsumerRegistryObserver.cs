using MassTransit;
using Messaging.Outbox.Inbox;

namespace Messaging.Outbox.Transport;

/// <summary>Notes the consumers of an endpoint in the registry.</summary>
internal sealed class ConsumerRegistryObserver(IReceiveEndpointConfigurator endpoint, ConsumerRegistry registry)
    : IConsumerConfigurationObserver
{
    public void ConsumerConfigured<TConsumer>(IConsumerConfigurator<TConsumer> configurator)
        where TConsumer : class
    {
        if (typeof(TConsumer).IsAssignableTo(typeof(IStagingConsumer)))
        {
            registry.AddStaging(TypeCache<TConsumer>.ShortName);
        }
    }

    public void ConsumerMessageConfigured<TConsumer, TMessage>(IConsumerMessageConfigurator<TConsumer, TMessage> configurator)
        where TConsumer : class
        where TMessage : class
    {
        KnownMessages.Add<TMessage>();
        registry.Add(endpoint.InputAddress, BatchMessage.ElementOf(typeof(TMessage)) ?? typeof(TMessage), typeof(TConsumer));
    }
}
