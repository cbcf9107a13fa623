using MassTransit;
using MassTransit.DependencyInjection;
using Messaging.Outbox.Hosting;
using Messaging.Outbox.MassTransit.Endpoints;
using Messaging.Outbox.MassTransit.Hosting;
using Messaging.Outbox.MassTransit.Staging;
using Messaging.Outbox.Queues;
using Messaging.Outbox.Store;
using Messaging.Outbox.Transport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox;

/// <summary>Configures the outbox of a bus.</summary>
public static class OutboxBusExtensions
{
    /// <summary>
    /// Adds the outbox to the bus: the scoped <see cref="IPublishEndpoint"/> and <see cref="ISendEndpointProvider"/> stage
    /// messages in the store, and a dispatcher sends them after the commit. Every endpoint with a consumer or a saga gets the
    /// inbox: by <see cref="OutboxEndpointExtensions.UseOutbox"/> if it is called, otherwise automatically, with deferred retries
    /// by the configured <see cref="RetryOptions"/>.
    /// </summary>
    /// <remarks>
    /// A job consumer gets no inbox, because a job runs on after its message was consumed. A consumer that the registration does
    /// not add (<c>endpoint.Consumer&lt;T&gt;()</c>) gets none either: the process does not start with it, unless
    /// <see cref="OutboxEndpointExtensions.WithoutOutbox"/> is called for its endpoint.
    /// </remarks>
    /// <param name="configurator">MassTransit's registration.</param>
    /// <param name="configure">
    /// Selects the store and the broker: <c>o => o.UsePostgreSql(…).UseRabbitMq(…)</c>. Omit it if the outbox was added before and
    /// the bus is registered again, as in <c>services.AddMassTransitTestHarness(x => x.AddOutbox())</c>: the store and the saga
    /// repositories are kept, and the services of the previous transport are removed.
    /// </param>
    /// <exception cref="OutboxConfigurationException">No store was selected, or it is the registration of another bus (<c>AddMassTransit&lt;IOtherBus&gt;</c>).</exception>
    public static void AddOutbox(this IBusRegistrationConfigurator configurator, Action<OutboxBuilder>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(configurator);
        ThrowIfAnotherBus(configurator);
        if (configurator.HasOutbox() && !configurator.HasDefaultOutbox())
        {
            TransportServices.RemoveFrom(configurator);
            configurator.KeepOutboxSagas();
        }

        configurator.AddOptions<OutboxOptions>().ValidateDataAnnotations().ValidateOnStart();
        configure?.Invoke(new OutboxBuilder(configurator));
        if (!configurator.Any(s => s.ServiceType == typeof(IOutboxStore)))
        {
            throw new OutboxConfigurationException("The outbox has no store: write AddOutbox(o => o.UsePostgreSql(connectionString)) or AddOutbox(o => o.UseSqlite(path)).");
        }

        if (!configurator.HasOutbox())
        {
            configurator.AddOutboxServices();
            configurator.AddBusServices();
        }

        configurator.TryAddSingleton<IMessagePublisher, InMemoryPublisher>();
        configurator.TryAddSingleton<IQueueTransport, InMemoryQueueTransport>();
        configurator.TryAddSingleton<IBrokerWatch, NoBrokerWatch>(); // as the line above: what a transport removed has to be there again
        configurator.AddDefaultOutbox();
        configurator.ReplaceScoped<IScopedBusContextProvider<IBus>, StagingBusContextProvider>();
        configurator.AddSingleton<IValidateOptions<OutboxOptions>>(new ReplacedBus(configurator));
    }

    /// <summary>What is staged has one address, which says nothing of a bus: the dispatcher would send it by the first one.</summary>
    private static void ThrowIfAnotherBus(IBusRegistrationConfigurator configurator)
    {
        if (configurator.GetType().GetInterfaces().FirstOrDefault(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IBusRegistrationConfigurator<>)) is { } other)
        {
            throw new OutboxConfigurationException(
                $"The outbox belongs to the bus of AddMassTransit(…), and not to {other.GetGenericArguments()[0].Name}: call AddOutbox there. A second bus works beside it, without the outbox.");
        }
    }
}
