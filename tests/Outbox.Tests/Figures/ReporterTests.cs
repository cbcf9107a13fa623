using Messaging.Outbox.Tests.MassTransit.Pipeline;
using Messaging.Outbox.Tests.Stores;
using Messaging.Outbox.Tests.Telemetry;

namespace Messaging.Outbox.Tests.Figures;

/// <summary>Several processes on one database: one of them reports.</summary>
public sealed class ReporterTests : StoreSuite
{
    [Fact]
    public async Task One_of_two_hosts_reports_until_it_stops()
    {
        await using var first = await StartAsync();
        using var measuredByFirst = new Measured(first.Services, gauges: true);
        await Eventually.True(() => Reports(measuredByFirst), "the first one reports");
        var second = await StartAsync();
        using var measuredBySecond = new Measured(second.Services, gauges: true);
        for (var i = 0; i < 20; i++)
        {
            await Task.Delay(50);
            Assert.False(Reports(measuredByFirst) && Reports(measuredBySecond), "one of them reports");
        }

        await first.DisposeAsync();

        await Eventually.True(() => Reports(measuredBySecond), "the second one does now");
        await second.DisposeAsync();
    }

    [Fact]
    public async Task A_host_that_stops_keeps_no_lease()
    {
        await using (var host = await StartAsync(interval: TimeSpan.FromSeconds(3)))
        {
            using var measured = new Measured(host.Services, gauges: true);
            await Eventually.True(() => Reports(measured), "it reports");
            Assert.Equal(1, await UnderTest.CountAsync("reporter", "held_until > clock_timestamp()"));
        }

        Assert.Equal(0, await UnderTest.CountAsync("reporter", "held_until > clock_timestamp()"));
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

    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();

    private Task<PipelineUnderTest> StartAsync(TimeSpan? interval = null) =>
        PipelineUnderTest.StartAsync(UnderTest, configure: options => options.FiguresInterval = interval ?? TimeSpan.FromMilliseconds(100));

    private static bool Reports(Measured measured) => measured.Gauge("outbox.tasks.balance").TryGetValue("", out var balance) && balance == 0;
}
