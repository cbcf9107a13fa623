using Messaging.ServiceDefaults.Files;
using Messaging.Outbox.AspNetCore.Health;
using Messaging.ServiceDefaults.Hosting;
using Messaging.ServiceDefaults.Messaging;
using Messaging.Worker;
using Messaging.Worker.Mail;

if (ServiceHost.TryHandle(args, WorkerModule.Help) is { } answer)
{
    return answer;
}

return await ServiceHost.RunAsync(async () =>
{
    var builder = ServiceHost.CreateSlimBuilder(args);

    // RabbitMQ delivers the messages; PostgreSQL stores their results.
    builder.AddMessaging(x => x.AddWorkerConsumers());

    // Services that the consumers use.
    builder.AddSmtpMail();
    builder.AddFiles();
    builder.Services.AddHealth();
    builder.Logging.AddLoggingDefaults();

    var app = builder.Build();
    if (!app.SettingsAreValid())
    {
        return 1;
    }

    app.MapHealth(needsBus: true);

    await app.RunAsync();
    return 0;
});
