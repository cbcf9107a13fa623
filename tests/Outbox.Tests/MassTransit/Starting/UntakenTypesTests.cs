using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Messaging.Outbox.Tests.MassTransit.Starting;

/// <summary>A consumer that somebody forgot to add, in a process that has all consumers.</summary>
public sealed class UntakenTypesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Types_without_a_consumer_are_named_at_the_start() =>
        Assert.Equal(
            "No consumer of this process takes Night, Parcel, and a bus in memory has no others: tasks of that kind wait and then fail. "
            + "Check that their consumers are added, as in x.AddConsumer<MyConsumer>()",
            Assert.Single(await WarningsAsync(x =>
            {
                x.AddTaskType<Parcel>();
                x.AddSchedule("night", "30 2 * * *", new Night());
            })));

    [Fact]
    public async Task Nothing_is_said_of_types_that_a_consumer_takes() =>
        Assert.Empty(await WarningsAsync(x =>
        {
            x.AddTaskType<Parcel>();
            x.AddConsumer<ParcelConsumer>();
        }));

    [Fact]
    public async Task A_consumer_of_an_interface_takes_what_has_it() =>
        Assert.Empty(await WarningsAsync(x =>
        {
            x.AddTaskType<Parcel>();
            x.AddConsumer<ThingConsumer>();
        }));

    private async Task<IEnumerable<string>> WarningsAsync(Action<IBusRegistrationConfigurator> configure)
    {
        var log = new LogCapture();
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { EnvironmentName = Environments.Production });
        builder.Logging.ClearProviders().AddProvider(log);
        builder.Services.AddMassTransit(x =>
        {
            x.DisableUsageTelemetry();
            x.AddOutbox(o => o.UseSqlite(_folder.File("test.db")).Configure(options => (options.Dispatch, options.RunSchedules) = (false, false)));
            configure(x);
            x.UsingInMemory((context, bus) => bus.ConfigureEndpoints(context));
        });
        using var host = builder.Build();
        await host.Services.GetRequiredService<Messaging.Outbox.Migrations.IDatabaseMigrator>().MigrateAsync(log, TestContext.Current.CancellationToken);
        await host.StartAsync(TestContext.Current.CancellationToken);
        await host.StopAsync(TestContext.Current.CancellationToken);
        return log.Lines.Where(line => line.StartsWith("No consumer", StringComparison.Ordinal));
    }

    public interface IThing;

    public sealed record Parcel(Guid Id) : IThing;

    public sealed record Night;

    private sealed class ParcelConsumer : IConsumer<Parcel>
    {
        public Task Consume(ConsumeContext<Parcel> context) => Task.CompletedTask;
    }

    private sealed class ThingConsumer : IConsumer<IThing>
    {
        public Task Consume(ConsumeContext<IThing> context) => Task.CompletedTask;
    }
}
