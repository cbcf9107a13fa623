using MassTransit;

namespace Messaging.ServiceDefaults.Messaging;

/// <summary>
/// Configures a saga's endpoint by the settings of its queue (<see cref="TaskConsumerDefinition{TConsumer}"/>). Register sagas
/// with this definition and with <c>OutboxRepository()</c>.
/// </summary>
public sealed class TaskSagaDefinition<TSaga> : SagaDefinition<TSaga>
    where TSaga : class, ISaga
{
    /// <inheritdoc />
    protected override void ConfigureSaga(
        IReceiveEndpointConfigurator endpointConfigurator, ISagaConfigurator<TSaga> sagaConfigurator, IRegistrationContext context)
    {
        endpointConfigurator.UseTaskPolicy(context, onlyStages: false);
    }
}
