using Messaging.Outbox.Tests.MassTransit.Pipeline;
using Messaging.Outbox.Tests.Stores;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Outbox.Tests.Processes;

public sealed class SqliteReportIntervalTests : ReportIntervalTests
{
    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();
}

public sealed class PostgresReportIntervalTests : ReportIntervalTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();
}

/// <summary>A process reports as often as the others expect it, or it counts as gone in between.</summary>
public abstract class ReportIntervalTests : StoreSuite
{
    [Fact]
    public async Task Reports_do_not_wait_for_the_next_reading_of_settings()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(
            UnderTest, configure: o => (o.QueueReportInterval, o.QueueSettingsInterval) = (TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(20)));
        var processes = pipeline.Services.GetRequiredService<IProcessStore>();
        var reports = new HashSet<DateTimeOffset>();

        // With each reading of settings it would be three minutes.
        await Eventually.True(
            async () =>
            {
                reports.UnionWith((await processes.ListAsync()).Select(p => p.SeenAt));
                return reports.Count >= 10;
            },
            () => $"it has reported ten times, and not {reports.Count} times");
    }
}
