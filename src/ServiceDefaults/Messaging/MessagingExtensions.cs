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

/// <summary>How messages travel: over RabbitMQ and PostgreSQL, or within one process over SQLite.</summary>
public static class MessagingExtensions
{
    /// <summary>PostgreSQL as the store and RabbitMQ as the transport.</summary>
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

    /// <summary>One SQLite file as the store and the process's own memory as the transport; it keeps the promise all the same.</summary>
    public static void AddStandaloneMessaging(
        this IHostApplicationBuilder builder, string databasePath, Action<IBusRegistrationConfigurator>? configure = null)
    {
        // Consumers are to be connected before the first message is sent: in memory there is no queue to wait in.
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

    /// <summary>Binds and checks the settings of the outbox, the queues and the shutdown.</summary>
    public static void AddMessagingOptions(this IHostApplicationBuilder builder)
    {
        builder.Services.AddTransient<SettingsCheck>();
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

    /// <summary>What holds for every bus: names of queues and of the health check, and no calls home.</summary>
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

            // Operators enqueue by name what says of itself that it may be, and nothing else.
            x.AddTaskTypes(typeof(TaskTypeAttribute).Assembly, type => type.IsDefined(typeof(TaskTypeAttribute), inherit: false));
        });
    }
}
