using MassTransit;
using MassTransit.DependencyInjection;
using Messaging.Outbox.MassTransit.Sagas;
using Messaging.Outbox.Transport;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Outbox.MassTransit.Endpoints;

/// <summary>
/// Adds the inbox when the endpoint's consumers are configured, after everything that is written for the endpoint; the observers
/// that the inbox connects are then notified of each message type.
/// </summary>
internal sealed class DefaultInboxObserver(IReceiveEndpointConfigurator endpoint, EndpointPolicy policy, IRegistrationContext context)
    : IConsumerConfigurationObserver, ISagaConfigurationObserver
{
    public void ConsumerConfigured<TConsumer>(IConsumerConfigurator<TConsumer> configurator)
        where TConsumer : class
    {
        if (TryAdd<TConsumer>())
        {
            new ConsumerRegistryObserver(endpoint, context.GetRequiredService<ConsumerRegistry>()).ConsumerConfigured(configurator);
        }
    }

    public void ConsumerMessageConfigured<TConsumer, TMessage>(IConsumerMessageConfigurator<TConsumer, TMessage> configurator)
        where TConsumer : class
        where TMessage : class
    {
    }

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
        where TMessage : class
    {
    }

    /// <summary>A consumer of <c>AddHandler</c>: MassTransit's type around a method of the application.</summary>
    private static bool IsHandler(Type type) => type.Namespace == typeof(MessageHandlerConsumer<>).Namespace;

    /// <summary>A job continues after its message is consumed, and MassTransit stores the state of jobs itself.</summary>
    private static bool IsOfJobs(Type type) =>
        (type.Assembly == typeof(IJobConsumer<>).Assembly && !IsHandler(type))
        || (type.Assembly == typeof(JobSaga).Assembly && !IsHandler(type))
        || type.GetInterfaces().Any(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IJobConsumer<>));

    private bool TryAdd<T>()
    {
        if (policy.HasInbox || policy.IsExcluded || IsOfJobs(typeof(T)))
        {
            return false;
        }

        policy.HasDefaultInbox = true;
        new OutboxInstallation(endpoint, context).InstallDefault(context.GetRequiredService<EndpointPolicies>().PipelineOf(endpoint).Policy);
        return true;
    }
}
