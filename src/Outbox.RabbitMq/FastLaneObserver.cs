using MassTransit;
using Messaging.Outbox.FastLane;
using Messaging.Outbox.MassTransit.FastLane;

namespace Messaging.Outbox.RabbitMq;

/// <summary>Counts the consumers of an endpoint. An endpoint with exactly one consumer can use the fast lane.</summary>
internal sealed class FastLaneObserver(IReceiveEndpointConfigurator endpoint, IRegistrationContext context)
    : IConsumerConfigurationObserver, ISagaConfigurationObserver
{
    private readonly HashSet<Type> _consumers = [];
    private readonly Lock _lock = new();
    private FastLaneReceiver? _receiver;
    private bool _isCreated;

    /// <summary>The receiver of the fast lane; null if the endpoint cannot use it. Valid after the endpoint was configured.</summary>
    public FastLaneReceiver? Receiver
    {
        get
        {
            lock (_lock)
            {
                if (!_isCreated)
                {
                    _isCreated = true;
                    _receiver = _consumers is { Count: 1 } ? endpoint.CreateFastLaneReceiver(context, _consumers.Single()) : null;
                }

                return _receiver;
            }
        }
    }

    public void ConsumerConfigured<TConsumer>(IConsumerConfigurator<TConsumer> configurator)
        where TConsumer : class => _consumers.Add(typeof(TConsumer));

    public void SagaConfigured<TSaga>(ISagaConfigurator<TSaga> configurator)
        where TSaga : class, ISaga => _consumers.Add(typeof(TSaga));

    public void StateMachineSagaConfigured<TInstance>(ISagaConfigurator<TInstance> configurator, SagaStateMachine<TInstance> stateMachine)
        where TInstance : class, ISaga, SagaStateMachineInstance => _consumers.Add(typeof(TInstance));

    public void ConsumerMessageConfigured<TConsumer, TMessage>(IConsumerMessageConfigurator<TConsumer, TMessage> configurator)
        where TConsumer : class
        where TMessage : class
    {
    }

    public void SagaMessageConfigured<TSaga, TMessage>(ISagaMessageConfigurator<TSaga, TMessage> configurator)
        where TSaga : class, ISaga
        where TMessage : class
    {
    }
}
