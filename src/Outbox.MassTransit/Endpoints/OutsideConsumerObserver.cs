using MassTransit;
using Messaging.Outbox.Payloads;
using Messaging.Outbox.Transport;

namespace Messaging.Outbox.MassTransit.Endpoints;

/// <summary>Records the message types that an endpoint without the inbox takes, so that they are sent to it in memory too.</summary>
internal sealed class OutsideConsumerObserver(IReceiveEndpointConfigurator endpoint, ConsumerRegistry registry, MessageTypes types)
    : IConsumerConfigurationObserver, ISagaConfigurationObserver, IHandlerConfigurationObserver
{
    public void Connect()
    {
        endpoint.ConnectConsumerConfigurationObserver(this);
        endpoint.ConnectSagaConfigurationObserver(this);
        endpoint.ConnectHandlerConfigurationObserver(this);
    }

    public void ConsumerConfigured<TConsumer>(IConsumerConfigurator<TConsumer> configurator)
        where TConsumer : class
    {
    }

    public void ConsumerMessageConfigured<TConsumer, TMessage>(IConsumerMessageConfigurator<TConsumer, TMessage> configurator)
        where TConsumer : class
        where TMessage : class => Add<TMessage>();

    public void SagaConfigured<TSaga>(ISagaConfigurator<TSaga> configurator)
        where TSaga : class, ISaga
    {
    }

    public void StateMachineSagaConfigured<TInstance>(ISagaConfigurator<TInstance> configurator, SagaStateMachine<TInstance> stateMachine)
        where TInstance : class, ISaga, SagaStateMachineInstance
    {
    }

    public void SagaMessageConfigured<TSaga, TMessage>(ISagaMessageConfigurator<TSaga, TMessage> configurator)
        where TSaga : class, ISaga
        where TMessage : class => Add<TMessage>();

    public void HandlerConfigured<TMessage>(IHandlerConfigurator<TMessage> configurator)
        where TMessage : class => Add<TMessage>();

    public void Add<TMessage>()
        where TMessage : class
    {
        types.Add(typeof(TMessage));
        registry.AddOutside(endpoint.InputAddress, MessageUrn.ForTypeString<TMessage>());
    }
}
