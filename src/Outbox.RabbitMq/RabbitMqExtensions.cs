using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.RabbitMq;

/// <summary>Configures the outbox on RabbitMQ.</summary>
public static class RabbitMqExtensions
{
    /// <summary>
    /// Adds RabbitMQ as the transport: the publisher of the fast lane, queue depth and purge, and a monitor with the health check
    /// <c>outbox-broker</c>.
    /// </summary>
    /// <param name="builder">The outbox.</param>
    /// <param name="configure">The settings; they can also be bound with <c>services.AddOptions&lt;RabbitMqOptions&gt;()</c>.</param>
    public static OutboxBuilder UseRabbitMq(this OutboxBuilder builder, Action<RabbitMqOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddTransport(services =>
        {
            var options = services.AddOptions<RabbitMqOptions>().ValidateDataAnnotations().ValidateOnStart();
            if (configure is not null)
            {
                options.Configure(configure);
            }

            services.AddSingleton<IQueueTransport, RabbitMqQueueTransport>();
            services.AddSingleton<IMessagePublisher, RabbitMqPublisher>();
            services.AddSingleton<RabbitMqMonitor>();
            services.AddHostedService(provider => provider.GetRequiredService<RabbitMqMonitor>());
            services.AddHealthChecks().AddCheck<RabbitMqHealthCheck>(RabbitMqHealthCheck.Name);
        });
    }

    /// <summary>
    /// Connects the bus to the nodes of <see cref="UseRabbitMq"/>, and replicates error queues. Call it instead of the
    /// transport's <c>Host</c>, before any endpoint.
    /// </summary>
    public static void UseOutboxHost(this IRabbitMqBusFactoryConfigurator bus, IRegistrationContext context)
    {
        ArgumentNullException.ThrowIfNull(bus);
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
