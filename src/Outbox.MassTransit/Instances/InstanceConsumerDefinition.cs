using MassTransit;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Outbox.MassTransit.Instances;

/// <summary>
/// The endpoint of a consumer that runs in every process, with a queue that the broker deletes with the connection
/// (docs/decisions/0016).
/// </summary>
internal sealed class InstanceConsumerDefinition<TConsumer> : ConsumerDefinition<TConsumer>
    where TConsumer : class, IConsumer
{
    private const int Concurrency = 16;

    public InstanceConsumerDefinition() => Endpoint(endpoint =>
    {
        // MassTransit declares a temporary queue as exclusive, and its exchange as auto-delete.
        endpoint.Temporary = true;
        endpoint.InstanceId = Guid.CreateVersion7().ToString("N");
        endpoint.PrefetchCount = 2 * Concurrency;
        endpoint.ConcurrentMessageLimit = Concurrency;
    });

    protected override void ConfigureConsumer(
        IReceiveEndpointConfigurator endpointConfigurator,
        IConsumerConfigurator<TConsumer> consumerConfigurator,
        IRegistrationContext context)
    {
        endpointConfigurator.ConnectReceiveEndpointObserver(context.GetRequiredService<InstanceEndpoint<TConsumer>>());
        endpointConfigurator.UseOutbox(context, configure: outbox => outbox.IsInstance = true);
    }
}
