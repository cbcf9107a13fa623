using MassTransit;
using Messaging.Outbox.Hosting;
using Messaging.Outbox.MassTransit.Endpoints;
using Messaging.Outbox.RabbitMq;
using Messaging.Outbox.Transport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox;

/// <summary>Configures the outbox on RabbitMQ.</summary>
public static class RabbitMqExtensions
{
    /// <summary>
    /// Registers the bus on RabbitMQ, in place of <c>UsingRabbitMq</c>, with an endpoint for each consumer and saga. The outbox
    /// publishes without MassTransit's pipeline, counts and purges the queues, collects error queues as dead letters, and
    /// monitors the broker (health check <c>outbox-broker</c>).
    /// </summary>
    /// <param name="builder">The outbox.</param>
    /// <param name="configure">Sets the connection; it can also be bound with <c>services.AddOptions&lt;RabbitMqOptions&gt;()</c>.</param>
    /// <param name="configureBus">
    /// Configures the bus, before endpoints are added for consumers that have none. The host is set already.
    /// </param>
    /// <exception cref="OutboxConfigurationException">It is not called within <c>AddOutbox</c>.</exception>
    public static OutboxBuilder UseRabbitMq(
        this OutboxBuilder builder,
        Action<RabbitMqOptions>? configure = null,
        Action<IBusRegistrationContext, IRabbitMqBusFactoryConfigurator>? configureBus = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (builder.Services is not IBusRegistrationConfigurator registration)
        {
            throw new OutboxConfigurationException("UseRabbitMq registers the bus: write services.AddMassTransit(x => x.AddOutbox(o => o.UsePostgreSql(…).UseRabbitMq(…))).");
        }

        registration.UsingRabbitMq((context, bus) =>
        {
            bus.UseOutboxHost(context);
            configureBus?.Invoke(context, bus);
            bus.ConfigureEndpoints(context);
            bus.CollectDeadLetters(context);
        });
        return builder.AddTransport(services =>
        {
            var options = services.AddOptions<RabbitMqOptions>().ValidateDataAnnotations().ValidateOnStart();
            if (configure is not null)
            {
                options.Configure(configure);
            }

            services.AddSingleton<IQueueTransport, RabbitMqQueueTransport>();
            services.AddSingleton<IMessagePublisher, RabbitMqPublisher>();
            services.AddSingleton<IEndpointTransport, RabbitMqEndpointTransport>();
            services.AddSingleton<DeclaredTopology>();
            services.AddHostedService<TopologyKeeper>();
            services.AddSingleton<RabbitMqMonitor>();
            services.AddSingleton<IBrokerWatch>(provider => provider.GetRequiredService<RabbitMqMonitor>());
            services.AddHostedService(provider => provider.GetRequiredService<RabbitMqMonitor>());
            services.AddHealthChecks().AddCheck<RabbitMqHealthCheck>(BrokerHealth.Name);
        });
    }

    /// <summary>Connects the bus to the nodes, and keeps error queues replicated. Must be called before any endpoint is added.</summary>
    private static void UseOutboxHost(this IRabbitMqBusFactoryConfigurator bus, IRegistrationContext context)
    {
        var options = context.GetRequiredService<IOptions<RabbitMqOptions>>().Value;
        var endpoints = new RabbitMqEndpoints(options);
        var first = options.ParseHosts()[0];
        bus.Host(first.Name, (ushort)first.Port, options.VirtualHost, host =>
        {
            host.Username(options.Username);
            host.Password(options.Password!);
            host.PublisherConfirmation = true;
            host.OnRefreshConnectionFactory = factory => factory.PrepareAsync(options, endpoints, CancellationToken.None);
        });
        bus.ReconnectSoon();
        bus.SendTopology.ConfigureErrorSettings = QuorumQueueExtensions.SetErrorQueue;
        bus.SendTopology.ConfigureDeadLetterSettings = QuorumQueueExtensions.SetErrorQueue;
        bus.AutoStart = true; // a process without consumers also needs the connection to notice an unavailable broker
    }
}
