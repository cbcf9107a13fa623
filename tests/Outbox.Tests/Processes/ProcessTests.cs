using Messaging.Outbox.Rows;
using Messaging.Outbox.Store;
using Messaging.Outbox.Tests.MassTransit.Pipeline;
using Messaging.Outbox.Tests.Stores;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Outbox.Tests.Processes;

public sealed class SqliteProcessTests : ProcessTests
{
    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();
}

public sealed class PostgresProcessTests : ProcessTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();
}

/// <summary>Which processes are alive, and what they do.</summary>
public abstract class ProcessTests : StoreSuite
{
    [Fact]
    public async Task A_process_shows_its_version_its_queues_and_its_running_tasks()
    {
        var release = new TaskCompletionSource();
        var script = new Script { Greet = (_, _) => release.Task };
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest, script: script, configure: o => o.RunSchedules = false);
        var identity = pipeline.Services.GetRequiredService<ServiceIdentity>();

        var task = await pipeline.AddAsync(new Greet("ann"));

        var process = await Eventually.Get(async () => (await ListAsync(pipeline)).FirstOrDefault(p => p.RunningTasks.Count == 1), "the task is shown");
        Assert.Equal((identity.Instance, identity.Name, identity.Version), (process.Name, process.Service, process.Version));
        Assert.Equal((Environment.MachineName, Environment.ProcessId), (process.Host, process.ProcessId));
        Assert.Equal((true, false), (process.Dispatches, process.RunsSchedules));
        Assert.Equal(["count", "greet", "greeted", "jot", "note"], process.Queues.Select(q => q.Name));
        Assert.Equal((20, 1), (process.Queues[0].Concurrency, process.Queues[1].InFlight));
        Assert.Equal([task], process.RunningTasks);
        Assert.InRange(process.SeenAt - process.StartedAt, TimeSpan.Zero, TimeSpan.FromMinutes(1));
        release.SetResult();
    }

    [Fact]
    public async Task A_process_that_stops_leaves_at_once()
    {
        await using (var pipeline = await PipelineUnderTest.StartAsync(UnderTest))
        {
            await Eventually.True(async () => (await ListAsync(pipeline)).Count == 1, "it is alive");
        }

        Assert.Equal((0, 0), (await UnderTest.CountAsync("processes"), await UnderTest.CountAsync("queue_workers")));
    }

    [Fact]
    public async Task A_process_that_died_is_gone_and_its_row_is_deleted()
    {
        var now = await UnderTest.Store.Time.NowAsync(default);
        await AddAsync("dead:1", now - TimeSpan.FromMinutes(2));
        await AddAsync("silent:1", now - TimeSpan.FromSeconds(30));
        await AddAsync("other:1", now + TimeSpan.FromSeconds(30));

        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);

        await Eventually.True(async () => await UnderTest.CountAsync("processes", "process = 'dead:1'") == 0, "the row is deleted");
        var own = pipeline.Services.GetRequiredService<ServiceIdentity>().Instance;
        await Eventually.True(async () => (await ListAsync(pipeline)).Any(p => p.Name == own), "it is alive");
        Assert.Equal(new[] { "other:1", own }.Order(StringComparer.Ordinal), (await ListAsync(pipeline)).Select(p => p.Name));
    }

    private static Task<IReadOnlyList<ProcessRecord>> ListAsync(PipelineUnderTest pipeline) =>
        pipeline.Services.GetRequiredService<IProcessStore>().ListAsync();

    private async Task AddAsync(string process, DateTimeOffset seenAt)
    {
        await using var transaction = await UnderTest.Store.Commits.BeginAsync(default);
        await transaction.Own.ExecuteAsync(
            "INSERT INTO messaging.processes (process, service, host, process_id, version, started_at, seen_at, dispatches, runs_schedules) VALUES ($1, 'other', 'other', 1, '1', $2, $2, 1, 0)",
            default, process, new StoreTime(seenAt));
        await transaction.CommitAsync(new StagedWork(), default);
    }
}
