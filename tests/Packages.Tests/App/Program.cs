using Greetings;
using MassTransit;
using Messaging.Outbox;
using Messaging.Outbox.Migrations;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

var builder = Host.CreateApplicationBuilder();
builder.Services.AddMassTransit(x =>
{
    x.AddConsumer<GreetingConsumer>();
    x.AddOutbox(o => o.UseSqlite(args[0]));
    x.UsingInMemory((context, bus) => bus.ConfigureEndpoints(context));
});

using var host = builder.Build();
await host.Services.GetRequiredService<IDatabaseMigrator>().MigrateAsync(NullLogger.Instance, CancellationToken.None);
await host.StartAsync();

await using var scope = host.Services.CreateAsyncScope();
var task = scope.ServiceProvider.GetRequiredService<IBackgroundTasks>().Add(new Greeting("Ada"));
await scope.ServiceProvider.GetRequiredService<IUnitOfWork>().CommitAsync();

var tasks = host.Services.GetRequiredService<ITaskStore>();
for (var tries = 0; tries < 300 && await tasks.FindAsync(task.Id) is not { State: TaskState.Succeeded }; tries++)
    await Task.Delay(100);
Console.WriteLine((await tasks.FindAsync(task.Id))?.State);
await host.StopAsync();
