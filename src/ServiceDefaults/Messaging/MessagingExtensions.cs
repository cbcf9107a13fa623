using MassTransit;
using Messaging.Contracts;
using Messaging.Outbox;
using Messaging.Outbox.RabbitMq;
using Messaging.ServiceDefaults.Database;
using Messaging.ServiceDefaults.Hosting;
using Messaging.ServiceDefaults.Settings;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Messaging.ServiceDefaults.Messaging;

/// <summary>Registers the transport and the store of messages: RabbitMQ and PostgreSQL, or one process with SQLite.</summary>
public static class MessagingExtensions
{
    /// <summary>Uses PostgreSQL as the store and RabbitMQ as the transport.</summary>
    public static void AddMessaging(this IHostApplicationBuilder builder, Action<IBusRegistrationConfigurator>? configure = null)
    {
        var database = builder.Configuration.ReadEarly<DatabaseOptions>(DatabaseOptions.Section);
        builder.Services.AddSettings<DatabaseOptions>(DatabaseOptions.Section);
        builder.Services.BindSettings<RabbitMqOptions>(RabbitMqOptions.Section);
        builder.AddBus(x =>
        {
            x.AddOutbox(o => o
                .UsePostgreSql(database.ToConnectionString(builder.Environment.ApplicationName), database.Pooler, database.Schema, database.TablePrefix)
                .UseRabbitMq(configureBus: (_, bus) => bus.UseCompactJson()));
            configure?.Invoke(x);
        });
    }

    /// <summary>Uses one SQLite file as the store and the memory of the process as the transport, with the same guarantees.</summary>
    public static void AddStandaloneMessaging(
        this IHostApplicationBuilder builder, string databasePath, Action<IBusRegistrationConfigurator>? configure = null)
    {
        // Consumers must be connected before the first message is sent: the in-memory transport has no queue in which a message
        // could wait for them.
        builder.Services.AddOptions<MassTransitHostOptions>().Configure(options => options.WaitUntilStarted = true);
        builder.AddBus(x =>
        {
            x.AddOutbox(o => o.UseSqlite(databasePath));
            configure?.Invoke(x);
            x.UsingInMemory((context, bus) =>
            {
                bus.UseCompactJson();
                bus.ConfigureEndpoints(context);
            });
        });
    }

    /// <summary>Binds and validates the settings of the outbox, the queues and the shutdown.</summary>
    public static void AddMessagingOptions(this IHostApplicationBuilder builder)
    {
        builder.Services.AddTransient<SettingsCheck>();
        builder.Services.AddSingleton<QueuesWithSettings>();
        builder.Services.BindSettings<OutboxOptions>("Outbox");
        builder.Services.AddKeyedSettings<EndpointOptions>(SettingsWarnings.Queues);
        builder.Services.ConfigureOptions<EndpointOptionsSetup>();
        builder.Services.AddSingleton<IValidateOptions<EndpointOptions>>(new DataAnnotationValidateOptions<EndpointOptions>(name: null));
        foreach (var queue in builder.Configuration.GetSection("Endpoints").GetChildren())
        {
            builder.Services.AddOptions<EndpointOptions>(queue.Key).ValidateOnStart();
        }

        var stop = builder.Configuration.ReadEarly<ShutdownOptions>("Shutdown");
        builder.Services.AddSettings<ShutdownOptions>("Shutdown");
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout =
            (stop.DrainDelay ?? Drain.DefaultDelay) + stop.Timeout + TimeSpan.FromSeconds(10));
        builder.Services.AddOptions<MassTransitHostOptions>().Configure(options =>
        {
            options.StopTimeout = stop.Timeout + TimeSpan.FromSeconds(5);
            options.ConsumerStopTimeout = stop.Timeout;
        });
    }

    /// <summary>The conventions for every bus: names of queues and of the health check, and no telemetry.</summary>
    public static void UseConventions(this IBusRegistrationConfigurator configurator)
    {
        configurator.DisableUsageTelemetry();
        configurator.ConfigureHealthCheckOptions(options => options.Name = OutboxHealthExtensions.Bus);
        configurator.SetKebabCaseEndpointNameFormatter();
    }

    private static void AddBus(this IHostApplicationBuilder builder, Action<IBusRegistrationConfigurator> configure)
    {
        builder.AddMessagingOptions();
        builder.Services.AddHostedService<SettingsWarnings>();
        builder.Services.AddMassTransit(x =>
        {
            x.UseConventions();
            configure(x);

            // Operators can enqueue only the types that are marked with TaskTypeAttribute.
            x.AddTaskTypes(typeof(TaskTypeAttribute).Assembly, type => type.IsDefined(typeof(TaskTypeAttribute), inherit: false));
        });
    }
}
