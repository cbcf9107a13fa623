using Messaging.Outbox.Tests.MassTransit.Pipeline;
using Messaging.Outbox.Tests.Stores;
using Messaging.Outbox.Tests.Telemetry;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Outbox.Tests.Figures;

/// <summary>Several processes on one database: one of them reports.</summary>
public abstract class ReporterTests : StoreSuite
{
    [Fact]
    public async Task One_of_two_hosts_reports_until_it_stops()
    {
        var interval = TimeSpan.FromSeconds(3); // the lease is three of them, which a busy process may not let pass
        await using var first = await StartAsync(interval);
        using var measuredByFirst = new Measured(first.Services, gauges: true);
        await Eventually.True(() => Reports(measuredByFirst), "the first one reports");
        var second = await StartAsync(interval);
        using var measuredBySecond = new Measured(second.Services, gauges: true);
        for (var i = 0; i < 40; i++)
        {
            await Task.Delay(100);
            Assert.False(Reports(measuredBySecond), "one of them reports");
        }

        await first.DisposeAsync();

        await Eventually.True(() => Reports(measuredBySecond), "the second one does now");
        await second.DisposeAsync();
    }

    [Fact]
    public async Task A_host_that_nobody_listens_to_gives_way()
    {
        await using var silent = await StartAsync();
        await Eventually.True(async () => await UnderTest.CountAsync("reporter", "holder IS NOT NULL AND exports = 0") == 1, "it adds up, and shows nobody");
        await using var heard = await StartAsync();
        using var measured = new Measured(heard.Services, gauges: true);

        await Eventually.True(() => Reports(measured), "the one that exports reports");
        Assert.Equal(1, await UnderTest.CountAsync("reporter", "exports = 1"));
    }

    [Fact]
    public async Task A_host_that_stops_releases_the_lease()
    {
        var host = await StartAsync(TimeSpan.FromSeconds(2));
        await Eventually.True(async () => await UnderTest.CountAsync("reporter", "holder IS NOT NULL") == 1, "it reports");

        await host.DisposeAsync();

        Assert.Equal(1, await UnderTest.CountAsync("reporter", $"holder IS NULL AND held_until < {Now}"));
    }

    [Fact]
    public async Task A_queue_that_the_broker_fails_on_hides_no_other_figure()
    {
        await using var host = await PipelineUnderTest.StartAsync(
            UnderTest,
            configure: options => options.FiguresInterval = TimeSpan.FromSeconds(1),
            addConsumers: x => x.AddSingleton<IQueueTransport>(new PartlyBroken()));
        using var measured = new Measured(host.Services, gauges: true);

        await Eventually.True(() => measured.Gauge("outbox.queue.depth").GetValueOrDefault("queue=jot") == 7, "the others are known");

        Assert.True(Reports(measured), "so is the balance");
        Assert.Equal(["queue=jot"], measured.Gauge("outbox.queue.depth").Keys);
    }

    private protected abstract string Now { get; }

    private Task<PipelineUnderTest> StartAsync() => StartAsync(TimeSpan.FromSeconds(1));

    private Task<PipelineUnderTest> StartAsync(TimeSpan interval) => PipelineUnderTest.StartAsync(UnderTest, configure: options => options.FiguresInterval = interval);

    private static bool Reports(Measured measured) => measured.Gauge("outbox.tasks.balance").TryGetValue("", out var balance) && balance == 0;

    /// <summary>It knows one queue, does not answer for another one, and throws for the rest.</summary>
    private sealed class PartlyBroken : IQueueTransport
    {
        public Task<long?> CountAsync(string queue, CancellationToken cancellationToken) => queue switch
        {
            "jot" => Task.FromResult<long?>(7),
            "count" => Task.FromResult<long?>(null),
            _ => throw new IOException("The broker has closed the channel."),
        };

        public Task<int> TakeAsync(
            string queue, int count, Func<IReadOnlyList<TakenMessage>, CancellationToken, Task> settle, CancellationToken cancellationToken) => Task.FromResult(0);
    }
}

public sealed class PostgresReporterTests : ReporterTests
{
    private protected override string Now => "now()";

    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();
}

public sealed class SqliteReporterTests : ReporterTests
{
    private protected override string Now => "unixepoch() * 1000";

    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();
}
