using MassTransit;
using Messaging.Outbox.MassTransit.Endpoints;
using Messaging.Outbox.MassTransit.Hosting;
using Messaging.Outbox.Pipelines;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Messaging.Outbox;

/// <summary>The outbox of a bus.</summary>
public static class OutboxBusExtensions
{
    /// <summary>
    /// Makes the scoped <see cref="IPublishEndpoint"/> and <see cref="ISendEndpointProvider"/> write to the store, and sends what lies there. Every endpoint with a
    /// consumer or a saga gets the inbox: by <see cref="OutboxEndpointExtensions.UseOutbox"/> where it is called, and by itself where it is not, with
    /// deferred retries by the configured <see cref="RetryOptions"/> around it.
    /// </summary>
    /// <remarks>
    /// A job consumer has no inbox, since it runs on when its message is consumed. A consumer that was added past the registration
    /// (<c>endpoint.Consumer&lt;T&gt;()</c>) has none either: it stops the start, unless its endpoint says <see cref="OutboxEndpointExtensions.WithoutOutbox"/>.
    /// </remarks>
    /// <param name="configurator">MassTransit's registration.</param>
    /// <param name="configure">
    /// Chooses the store, and the broker: <c>o => o.UsePostgreSql(…).UseRabbitMq(…)</c>. Over an application that has the outbox already, as in
    /// <c>services.AddMassTransitTestHarness(x => x.AddOutbox())</c>, it may be left out: the store stays, sagas keep their state where they had it, and what
    /// belonged to the transport that is replaced goes.
    /// </param>
    /// <exception cref="OutboxConfigurationException">No store was chosen.</exception>
    public static void AddOutbox(this IBusRegistrationConfigurator configurator, Action<OutboxBuilder>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(configurator);
        configurator.AddTransactionalOutbox(configure);
        configurator.TryAddSingleton<EndpointOutboxes>();
        configurator.TryAddSingleton<OutboxPipelines>();
        configurator.TryAddSingleton<IOutboxPipelines>(provider =>
        {
            _ = provider.GetRequiredService<IBus>(); // so that the endpoints are configured
            return provider.GetRequiredService<OutboxPipelines>();
        });
        configurator.TryAddEnumerable(ServiceDescriptor.Singleton<IReceiveEndpointObserver, MissingInboxObserver>());
        configurator.AddHostedService<MissingInboxCheck>();
        configurator.AddHostedService<PipelineLog>();
    }
}
