using Messaging.Api;
using Messaging.ServiceDefaults.Database;
using Messaging.ServiceDefaults.Files;
using Messaging.Outbox;
using Messaging.Outbox.Dashboard;
using Messaging.ServiceDefaults.Hosting;
using Messaging.ServiceDefaults.Messaging;
using Messaging.ServiceDefaults.Telemetry;
using Messaging.Standalone;
using Messaging.Standalone.Example;
using Messaging.Worker;
using Messaging.Worker.Mail;

if (ApiModule.TryMakeKey(args) is { } exitCode)
{
    return exitCode;
}

if (ServiceHost.TryHandle(args, StandaloneOptions.Help, DashboardLink.Argument) is { } answer)
{
    return answer;
}

return await ServiceHost.RunAsync(async () =>
{
    if (args.Contains(DashboardLink.Argument))
    {
        return StandaloneDashboard.PrintLink(args, Console.Out, Console.Error);
    }

    var builder = ServiceHost.CreateBuilder(args);
    builder.AddTelemetry();
    var options = builder.AddStandaloneOptions();
    using var owner = DataFolder.TryOwn(options.DataFolder);
    if (owner is null)
    {
        return 1;
    }

    // SQLite stores the messages, an in-memory bus delivers them, and mails are written to files.
    builder.AddStandaloneMessaging(Path.Combine(options.DataFolder, "messaging.db"), x =>
    {
        x.AddWorkerConsumers();
        x.AddApiConsumers();
    });
    builder.AddMailFolder(Path.Combine(options.DataFolder, "mails"));
    builder.AddFiles();

    // The same API as with RabbitMQ and PostgreSQL. As long as no access key is configured, a user that can read this key file is the
    // operator.
    builder.AddApi(operatorKeyFile: Path.Combine(options.DataFolder, StandaloneOptions.OperatorKeyFile));
    builder.Services.AddOutboxHealth();
    builder.AddDrain(hasBalancer: false);

    var app = builder.Build();
    if (!app.SettingsAreValid() || await app.MigrateAsync() != 0)
    {
        return 1;
    }

    app.MapApi();
    app.MapExample();
    app.MapOutboxHealth(needsBus: true);
    app.MapTelemetry();
    app.WritesDashboardAddress(options.DataFolder);

    await app.RunAsync();
    return 0;
});
