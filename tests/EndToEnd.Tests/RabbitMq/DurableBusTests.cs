using MassTransit;
using Messaging.Outbox;
using Messaging.Outbox.Migrations;
using Messaging.Outbox.RabbitMq;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace Messaging.EndToEnd.Tests.RabbitMq;

/// <summary>The outbox in a MassTransit project of somebody else's, over RabbitMQ.</summary>
public sealed class DurableBusTests
{
    [Fact]
    public async Task A_durable_bus_without_its_queue_transport_is_refused()
    {
        using var folder = new TemporaryFolder();
        using var host = Build(x =>
        {
            x.AddOutbox(o => o.UseSqlite(Path.Combine(folder.Path, "a.db")));
            x.UsingRabbitMq((context, bus) => bus.Host("127.0.0.1", 1, "/", _ => { }));
        });

        var refusal = await Assert.ThrowsAsync<OutboxConfigurationException>(() => host.StartAsync(TestContext.Current.CancellationToken));

        Assert.Contains("UseRabbitMq", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_project_of_its_own_runs_over_rabbitmq()
    {
        var broker = Servers.RabbitMq;
        using var folder = new TemporaryFolder();
        var retry = new RetryOptions();
        using var host = Build(x =>
        {
            x.AddSingleton<Seen>();
            x.AddConsumer<PingConsumer>();
            x.AddOutbox(o => o.UseSqlite(Path.Combine(folder.Path, "a.db")).UseRabbitMq(r =>
            {
                r.Host = $"{broker.Host}:{broker.Port}";
                (r.Username, r.Password) = (broker.UserInfo.Split(':')[0], broker.UserInfo.Split(':')[1]);
            }));
            x.AddConfigureEndpointsCallback((context, _, endpoint) =>
            {
                endpoint.UseOutbox(context, retry);
            });
        });
        await host.Services.GetRequiredService<IDatabaseMigrator>().MigrateAsync(NullLogger.Instance, TestContext.Current.CancellationToken);
        await host.StartAsync(TestContext.Current.CancellationToken);

        Guid task;
        await using (var scope = host.Services.CreateAsyncScope())
        {
            task = scope.ServiceProvider.GetRequiredService<IBackgroundTasks>().Add(new Ping()).Id;
            await scope.ServiceProvider.GetRequiredService<IUnitOfWork>().CommitAsync(TestContext.Current.CancellationToken);
        }

        var tasks = host.Services.GetRequiredService<ITaskStore>();
        await Eventually.True(
            async () => (await tasks.FindAsync(task, TestContext.Current.CancellationToken))?.State == TaskState.Succeeded, "the task has succeeded");
        Assert.Equal(1, host.Services.GetRequiredService<Seen>().Count);
        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    private static IHost Build(Action<IBusRegistrationConfigurator> configure)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Services.AddMassTransit(configure);
        return builder.Build();
    }

    internal sealed record Ping;

    internal sealed class Seen
    {
        private int _count;

        public int Count => _count;

        public void Add() => Interlocked.Increment(ref _count);
    }

    internal sealed class PingConsumer(Seen seen) : IConsumer<Ping>
    {
        public Task Consume(ConsumeContext<Ping> context)
        {
            seen.Add();
            return Task.CompletedTask;
        }
    }
}
