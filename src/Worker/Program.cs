using Messaging.ServiceDefaults.Files;
using Messaging.Outbox;
using Messaging.ServiceDefaults.Hosting;
using Messaging.ServiceDefaults.Messaging;
using Messaging.ServiceDefaults.Telemetry;
using Messaging.Worker;
using Messaging.Worker.Mail;

if (ServiceHost.TryHandle(args, WorkerModule.Help) is { } answer)
{
    return answer;
}

return await ServiceHost.RunAsync(async () =>
{
    var builder = ServiceHost.CreateSlimBuilder(args);
    builder.AddTelemetry();

    // RabbitMQ delivers the messages; PostgreSQL stores their results.
    builder.AddMessaging(x => x.AddWorkerConsumers());

    // Services that the consumers use.
    builder.AddSmtpMail();
    builder.AddFiles();
    builder.Services.AddOutboxHealth();
    builder.Logging.AddLoggingDefaults();

    var app = builder.Build();
    if (!app.SettingsAreValid())
    {
        return 1;
    }

    app.MapOutboxHealth(needsBus: true);
    app.MapTelemetry();

    await app.RunAsync();
    return 0;
});
