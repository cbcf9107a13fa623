using MassTransit;
using Messaging.Outbox;

namespace Messaging.ServiceDefaults.Messaging;

/// <summary>Configures a consumer's endpoint by the settings of its queue. Register consumers with this definition.</summary>
public sealed class TaskConsumerDefinition<TConsumer> : ConsumerDefinition<TConsumer>
    where TConsumer : class, IConsumer
{
    /// <inheritdoc />
    protected override void ConfigureConsumer(
        IReceiveEndpointConfigurator endpointConfigurator,
        IConsumerConfigurator<TConsumer> consumerConfigurator,
        IRegistrationContext context)
    {
        endpointConfigurator.UseTaskPolicy(context, onlyStages: typeof(TConsumer).IsAssignableTo(typeof(IStagingConsumer)));
    }
}
