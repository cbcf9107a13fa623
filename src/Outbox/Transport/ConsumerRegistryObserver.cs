using MassTransit;

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
        ThrowIfBatch(typeof(TConsumer), typeof(TMessage));
        KnownMessages.Add<TMessage>();
        registry.Add(endpoint.InputAddress, MessageUrn.ForTypeString<TMessage>(), typeof(TConsumer).AssemblyQualifiedName!);
    }

    /// <summary>A batch would be one execution of many tasks, of which each has its own attempts, and its own end.</summary>
    private void ThrowIfBatch(Type consumer, Type message)
    {
        if (message.IsGenericType && message.GetGenericTypeDefinition() == typeof(Batch<>))
        {
            var single = message.GetGenericArguments()[0].Name;
            throw new ConfigurationException(
                $"{consumer.Name} on {ConsumerRegistry.QueueOf(endpoint.InputAddress)} consumes Batch<{single}>, which the outbox does not run: write IConsumer<{single}>. "
                + "What such consumers stage at the same time is committed in one transaction, so a batch of your own saves nothing.");
        }
    }
}
