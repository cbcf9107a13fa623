using MassTransit;
using MassTransit.Saga;
using Messaging.Outbox.Payloads;
using Messaging.Outbox.Transport;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Outbox.MassTransit.Sagas;

/// <summary>
/// Records the sagas of an endpoint in the registry. Fails the start if the state of a saga is not committed together with the
/// outbox, unless <see cref="SagaRegistrationExtensions.AllowRepositoryOutsideOutbox{TSaga}"/> was called for it.
/// </summary>
internal sealed class SagaConfigurationObserver(IReceiveEndpointConfigurator endpoint, IServiceProvider provider) : ISagaConfigurationObserver
{
    private readonly ConsumerRegistry _registry = provider.GetRequiredService<ConsumerRegistry>();

    public void SagaConfigured<TSaga>(ISagaConfigurator<TSaga> configurator)
        where TSaga : class, ISaga =>
        _ = Check<TSaga>();

    public void StateMachineSagaConfigured<TInstance>(ISagaConfigurator<TInstance> configurator, SagaStateMachine<TInstance> stateMachine)
        where TInstance : class, ISaga, SagaStateMachineInstance
    {
        if (Check<TInstance>() is { } type)
        {
            SagaCorrelations.Read(type, stateMachine, provider.GetRequiredService<ISagaRepository<TInstance>>());
        }
    }

    public void SagaMessageConfigured<TSaga, TMessage>(ISagaMessageConfigurator<TSaga, TMessage> configurator)
        where TSaga : class, ISaga
        where TMessage : class
    {
        provider.GetRequiredService<MessageTypes>().Add(typeof(TMessage));
        _registry.Add(endpoint.InputAddress, MessageUrn.ForTypeString<TMessage>(), typeof(TSaga).AssemblyQualifiedName!);
    }

    /// <returns>Null if the saga is allowed to store its state elsewhere.</returns>
    /// <exception cref="ConfigurationException">The saga stores its state elsewhere without permission.</exception>
    private SagaType<TSaga>? Check<TSaga>()
        where TSaga : class, ISaga
    {
        using var scope = provider.CreateScope();
        if (scope.ServiceProvider.GetService<ISagaRepositoryContextFactory<TSaga>>() is OutboxSagaRepository<TSaga>)
        {
            provider.GetRequiredService<SagaJson<TSaga>>().Check();
            return provider.GetRequiredService<SagaType<TSaga>>();
        }

        return provider.GetService<OutsideOutbox<TSaga>>() is not null
            ? null
            : throw new OutboxConfigurationException(
                $"The saga {typeof(TSaga).Name} on {ConsumerRegistry.QueueOf(endpoint.InputAddress)} stores its state outside the outbox's database, where it is not committed "
                + "together with what it publishes: write AddSagaStateMachine<…>().OutboxRepository(). If the saga can handle a state that is newer than what it "
                + "has published, write .AllowRepositoryOutsideOutbox() instead.");
    }
}
