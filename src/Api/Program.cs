using Messaging.Api;
using Messaging.Outbox;
using Messaging.ServiceDefaults.Database;
using Messaging.ServiceDefaults.Files;
using Messaging.Outbox.AspNetCore.Health;
using Messaging.ServiceDefaults.Hosting;
using Messaging.ServiceDefaults.Messaging;

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

    // Workers run the schedules, so that the API stays cheap; Outbox:RunSchedules, which is read later, may say otherwise.
    builder.Services.Configure<OutboxOptions>(options => options.RunSchedules = false);

    // PostgreSQL keeps what was accepted; RabbitMQ carries it to the workers, and what every API is to hear to each of them.
    builder.AddMessaging(x => x.AddApiConsumers());

    // Files are shared with the workers.
    builder.AddFiles();

    // The use cases, and what they have in common: limits, error answers, OpenAPI.
    builder.AddApi();
    builder.Services.AddHealth();
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
    app.MapHealth(needsBus: false);

    await app.RunAsync();
    return 0;
});
