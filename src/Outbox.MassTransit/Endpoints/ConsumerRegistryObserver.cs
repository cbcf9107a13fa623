using MassTransit;
using Messaging.Outbox.Payloads;
using Messaging.Outbox.Transport;

namespace Messaging.Outbox.MassTransit.Endpoints;

/// <summary>Records the consumers of an endpoint in the registry.</summary>
internal sealed class ConsumerRegistryObserver(IReceiveEndpointConfigurator endpoint, ConsumerRegistry registry, MessageTypes types)
    : IConsumerConfigurationObserver
{
    public void ConsumerConfigured<TConsumer>(IConsumerConfigurator<TConsumer> configurator)
        where TConsumer : class
    {
        ThrowIfNoMessage(typeof(TConsumer));
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
        types.Add(typeof(TMessage));
        registry.Add(endpoint.InputAddress, MessageUrn.ForTypeString<TMessage>(), typeof(TConsumer).AssemblyQualifiedName!);
    }

    /// <summary>MassTransit leaves out what it does not take for a message, so that the consumer would never run.</summary>
    private void ThrowIfNoMessage(Type consumer)
    {
        var messages = consumer.GetInterfaces().Where(type => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IConsumer<>)).Select(type => type.GetGenericArguments()[0]);
        if (messages.FirstOrDefault(type => !MessageTypeCache.IsValidMessageType(type)) is { } message)
        {
            throw new OutboxConfigurationException(
                $"{consumer.Name} on {ConsumerRegistry.QueueOf(endpoint.InputAddress)} consumes {message.Name}, which is no message: {(
                    message.Namespace is null ? "it has no namespace, and messages are named by it: declare it in one" : MessageTypeCache.InvalidMessageTypeReason(message))}.");
        }
    }

    /// <summary>Rejects batches: a batch is one execution, but each of its tasks needs its own attempts and its own outcome.</summary>
    private void ThrowIfBatch(Type consumer, Type message)
    {
        if (message.IsGenericType && message.GetGenericTypeDefinition() == typeof(Batch<>))
        {
            var single = message.GetGenericArguments()[0].Name;
            throw new OutboxConfigurationException(
                $"{consumer.Name} on {ConsumerRegistry.QueueOf(endpoint.InputAddress)} consumes Batch<{single}>, which the outbox does not run: write IConsumer<{single}>. "
                + "Work that consumers stage at the same time is committed in one transaction, so a batch would save nothing.");
        }
    }
}
