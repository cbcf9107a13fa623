using MassTransit;

namespace Messaging.ServiceDefaults.Messaging;

/// <summary>
/// The policy of a saga's endpoint, which is that of a consumer's (<see cref="TaskConsumerDefinition{TConsumer}"/>). Register a saga with this
/// definition, and with <c>OutboxRepository()</c>.
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
