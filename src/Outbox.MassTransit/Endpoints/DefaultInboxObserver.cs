using MassTransit;
using MassTransit.DependencyInjection;
using Messaging.Outbox.MassTransit.Sagas;
using Messaging.Outbox.Payloads;
using Messaging.Outbox.Transport;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Outbox.MassTransit.Endpoints;

/// <summary>
/// Adds the inbox when the first consumer or saga of the endpoint is configured, so that <c>UseOutbox</c> and
/// <c>WithoutOutbox</c> have been called by then. The observers that the inbox connects do not get the current call, so this
/// class forwards it to them; they get the calls for each message type, which follow.
/// </summary>
internal sealed class DefaultInboxObserver(IReceiveEndpointConfigurator endpoint, ConfiguredEndpoint configured, IRegistrationContext context)
    : IConsumerConfigurationObserver, ISagaConfigurationObserver
{
    public void ConsumerConfigured<TConsumer>(IConsumerConfigurator<TConsumer> configurator)
        where TConsumer : class
    {
        if (TryAdd<TConsumer>())
        {
            new ConsumerRegistryObserver(endpoint, context.GetRequiredService<ConsumerRegistry>(), context.GetRequiredService<MessageTypes>()).ConsumerConfigured(configurator);
        }
    }

    public void ConsumerMessageConfigured<TConsumer, TMessage>(IConsumerMessageConfigurator<TConsumer, TMessage> configurator)
        where TConsumer : class
        where TMessage : class => AddOutside<TMessage>();

    public void SagaConfigured<TSaga>(ISagaConfigurator<TSaga> configurator)
        where TSaga : class, ISaga
    {
        if (TryAdd<TSaga>())
        {
            new SagaConfigurationObserver(endpoint, context).SagaConfigured(configurator);
        }
    }

    public void StateMachineSagaConfigured<TInstance>(ISagaConfigurator<TInstance> configurator, SagaStateMachine<TInstance> stateMachine)
        where TInstance : class, ISaga, SagaStateMachineInstance
    {
        if (TryAdd<TInstance>())
        {
            new SagaConfigurationObserver(endpoint, context).StateMachineSagaConfigured(configurator, stateMachine);
        }
    }

    public void SagaMessageConfigured<TSaga, TMessage>(ISagaMessageConfigurator<TSaga, TMessage> configurator)
        where TSaga : class, ISaga
        where TMessage : class => AddOutside<TMessage>();

    /// <summary>Whether the type is the consumer that MassTransit creates for a method of the application (<c>AddHandler</c>).</summary>
    private static bool IsHandler(Type type) => type.Namespace == typeof(MessageHandlerConsumer<>).Namespace;

    /// <summary>Whether the type runs jobs. A job outlives its delivery, and MassTransit stores job state itself, so it gets no inbox.</summary>
    private static bool IsOfJobs(Type type) =>
        (type.Assembly == typeof(IJobConsumer<>).Assembly && !IsHandler(type))
        || (type.Assembly == typeof(JobSaga).Assembly && !IsHandler(type))
        || type.GetInterfaces().Any(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IJobConsumer<>));

    /// <summary>Records what a consumer takes that gets no inbox, as one of jobs.</summary>
    private void AddOutside<TMessage>()
        where TMessage : class
    {
        if (!configured.HasInbox && !configured.IsExcluded)
        {
            new OutsideConsumerObserver(endpoint, context.GetRequiredService<ConsumerRegistry>(), context.GetRequiredService<MessageTypes>()).Add<TMessage>();
        }
    }

    private bool TryAdd<T>()
    {
        if (configured.HasInbox || configured.IsExcluded || IsOfJobs(typeof(T)))
        {
            return false;
        }

        configured.HasDefaultInbox = true;
        new OutboxInstallation(endpoint, context).InstallDefault(context.GetRequiredService<ConfiguredEndpoints>().PipelineOf(endpoint).Policy);
        return true;
    }
}
