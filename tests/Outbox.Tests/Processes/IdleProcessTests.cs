using global::MassTransit;
using Messaging.Outbox.Tasks;
using Messaging.Outbox.Tests.Stores;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Messaging.Outbox.Tests.Processes;

public sealed class SqliteIdleProcessTests : IdleProcessTests
{
    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();
}

public sealed class PostgresIdleProcessTests : IdleProcessTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();
}

/// <summary>A process without queues, and one that has nothing to do.</summary>
public abstract class IdleProcessTests : StoreSuite
{
    [Fact]
    public async Task A_process_without_queues_is_alive_and_starts_with_one_line()
    {
        var logs = new LogCapture { Level = LogLevel.Information };
        using var host = Create(logs);
        await host.StartAsync();
        var identity = host.Services.GetRequiredService<ServiceIdentity>();

        var process = await Eventually.Get(
            async () => (await host.Services.GetRequiredService<IProcessStore>().ListAsync()).FirstOrDefault(p => p.Name == identity.Instance), "it is alive");

        Assert.Equal((false, false), (process.Dispatches, process.Queues.Count > 0));
        var line = Assert.Single(logs.Lines, l => l.Contains("has started as", StringComparison.Ordinal));
        Assert.Contains($"{identity.Name} {identity.Version} has started as {identity.Instance}", line, StringComparison.Ordinal);
        Assert.EndsWith("it does not dispatch, runs schedules, consumes no queue", line, StringComparison.Ordinal);
        await host.StopAsync();
        Assert.Equal(0, await UnderTest.CountAsync("processes"));
    }

    [Fact]
    public async Task Nothing_is_logged_at_rest()
    {
        var logs = new LogCapture { Level = LogLevel.Information };
        using var host = Create(logs);
        await host.StartAsync();
        await Eventually.True(() => logs.Lines.Any(l => l.StartsWith("Bus started", StringComparison.Ordinal)), "everything has started");
        Assert.True(await host.Services.GetServices<IHostedService>().OfType<RetentionCleaner>().Single().TryCleanUpAsync(default)); // its first run makes partitions, which it logs
        var before = logs.Lines.Count;

        var reports = await ReportsAsync();
        await Eventually.True(async () => await ReportsAsync() > reports, "the intervals have passed several times");

        Assert.Equal([], logs.Lines.Skip(before));
        await host.StopAsync();

        async Task<long> ReportsAsync()
        {
            var seen = (await host.Services.GetRequiredService<IProcessStore>().ListAsync()).FirstOrDefault();
            return seen is null ? 0 : (seen.SeenAt - seen.StartedAt).Ticks / TimeSpan.FromSeconds(1).Ticks;
        }
    }

    private IHost Create(LogCapture logs)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders().AddProvider(logs);
        builder.Services.AddMassTransit(x =>
        {
            x.AddOutbox(o =>
            {
                UnderTest.Use(o);
                o.Configure(options =>
                {
                    options.Dispatch = false;
                    options.QueueReportInterval = TimeSpan.FromSeconds(1);
                    options.QueueSettingsInterval = TimeSpan.FromMilliseconds(100);
                    options.PollInterval = options.SchedulePollInterval = options.ClockInterval = TimeSpan.FromMilliseconds(100);
                });
            });
            x.UsingInMemory();
        });
        return builder.Build();
    }
}
