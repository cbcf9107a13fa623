using MassTransit;
using Messaging.Outbox;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.ServiceDefaults.Messaging;

/// <summary>
/// The policy of a consumer that every process has for itself: a queue of its own, which the broker deletes with the connection
/// (docs/decisions/0016). Immediate retries and the inbox, but no delayed attempt, no gate and no dead letter: there is no queue
/// left to come back to.
/// </summary>
internal sealed class InstanceConsumerDefinition<TConsumer> : ConsumerDefinition<TConsumer>
    where TConsumer : class, IConsumer
{
    private const int Concurrency = 16;

    public InstanceConsumerDefinition() => Endpoint(endpoint =>
    {
        // MassTransit declares a temporary queue as exclusive, and the exchange before it as auto-delete.
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
        endpointConfigurator.UseOutbox(context, new RetryOptions(), outbox => outbox.IsInstance = true);
    }
}

/// <summary>Adds consumers that every process has for itself.</summary>
public static class InstanceConsumerExtensions
{
    /// <summary>
    /// Adds a consumer that gets every message of its types in every process that adds it, and not in one of them as others do;
    /// <see cref="InstanceEndpoint{TConsumer}"/> says whether it hears at the moment. A task is done when the first of them is.
    /// </summary>
    public static void AddInstanceConsumer<TConsumer>(this IBusRegistrationConfigurator configurator)
        where TConsumer : class, IConsumer
    {
        configurator.AddSingleton<InstanceEndpoint<TConsumer>>();
        configurator.AddConsumer<TConsumer, InstanceConsumerDefinition<TConsumer>>();
    }
}
