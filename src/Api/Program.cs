using Messaging.Api;
using Messaging.Outbox;
using Messaging.ServiceDefaults.Database;
using Messaging.ServiceDefaults.Files;
using Messaging.ServiceDefaults.Hosting;
using Messaging.ServiceDefaults.Messaging;
using Messaging.ServiceDefaults.Telemetry;

if (ApiModule.TryMakeKey(args) is { } exitCode)
{
    return exitCode;
}

if (ServiceHost.TryHandle(args, ApiModule.Help, ServiceHost.Migrate) is { } answer)
{
    return answer;
}

return await ServiceHost.RunAsync(async () =>
{
    var builder = ServiceHost.CreateBuilder(args);
    builder.AddTelemetry();

    // Workers run the schedules, so that the API needs little CPU time; the setting Outbox:RunSchedules overrides this.
    builder.Services.Configure<OutboxOptions>(options => options.RunSchedules = false);

    // PostgreSQL stores what was accepted. RabbitMQ delivers it to the workers, and events to every API process.
    builder.AddMessaging(x => x.AddApiConsumers());

    // The files shared with the workers.
    builder.AddFiles();

    // The use cases and what they share: limits, error responses, OpenAPI.
    builder.AddApi();
    builder.Services.AddOutboxHealth();
    builder.AddDrain(hasBalancer: true);

    var app = builder.Build();
    if (args.Contains(ServiceHost.Migrate))
    {
        return await app.MigrateAsync();
    }

    if (!app.SettingsAreValid())
    {
        return 1;
    }

    app.MapApi();
    app.MapOutboxHealth(needsBus: false);
    app.MapTelemetry();

    await app.RunAsync();
    return 0;
});
