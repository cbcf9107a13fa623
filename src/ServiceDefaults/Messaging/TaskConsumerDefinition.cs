using MassTransit;
using Messaging.Outbox;
using Messaging.Outbox.RabbitMq;

namespace Messaging.ServiceDefaults.Messaging;

/// <summary>
/// The policy of a consumer's endpoint, from outside to inside: the queue's gate, delayed redelivery, immediate retries, inbox. Register a
/// consumer with this definition.
/// </summary>
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
        endpointConfigurator.UseFastLane<TConsumer>(context);
    }
}
