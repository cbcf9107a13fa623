using MassTransit;
using Messaging.Outbox;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.ServiceDefaults.Messaging;

/// <summary>
/// The policy of a consumer that runs in every process, with a queue that the broker deletes with the connection
/// (docs/decisions/0016). It has immediate retries and the inbox, but no deferred attempts, no gate and no dead letters, because
/// its queue would no longer exist.
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
        endpointConfigurator.UseOutbox(context, new RetryOptions(), outbox => outbox.IsInstance = true);
    }
}

/// <summary>Adds consumers that run in every process.</summary>
public static class InstanceConsumerExtensions
{
    /// <summary>
    /// Adds a consumer of which every process gets every message. <see cref="InstanceEndpoint{TConsumer}"/> reports whether it is
    /// connected. A task is completed when the first process has finished it.
    /// </summary>
    public static void AddInstanceConsumer<TConsumer>(this IBusRegistrationConfigurator configurator)
        where TConsumer : class, IConsumer
    {
        configurator.AddSingleton<InstanceEndpoint<TConsumer>>();
        configurator.AddConsumer<TConsumer, InstanceConsumerDefinition<TConsumer>>();
    }
}
