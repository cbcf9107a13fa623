using System.Diagnostics;
using Messaging.Outbox.Tests.MassTransit.Pipeline;
using Messaging.Outbox.Tests.Stores;

namespace Messaging.Outbox.Tests.Queues;

public sealed class SqliteQueuePipelineTests : QueuePipelineTests
{
    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();

    [Fact]
    public async Task A_paused_queue_takes_no_permit_of_others()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest, configure: o => o.MaxInFlight = 10);
        await pipeline.QueueAsync("greet");
        var release = new TaskCompletionSource();
        pipeline.Script.Greet = (_, _) => release.Task;
        await Task.WhenAll(Enumerable.Range(0, 50).Select(i => pipeline.AddAsync(new Greet($"{i}"))));
        await Eventually.True(async () => await UnderTest.CountAsync("outbox", "in_flight = 1") == 10, "no more may be in flight");

        await pipeline.ChangeAsync(c => c.PauseAsync("greet", "ann"));

        await pipeline.TaskAsync(await pipeline.AddAsync(new Greeted("other")), TaskState.Succeeded);
        release.SetResult();
        await Eventually.True(async () => (await pipeline.QueueAsync("greet")).InFlight == 0, "what is in flight is finished");
        Assert.Equal(40, await UnderTest.CountAsync("outbox", "in_flight = 0"));
    }

    [Fact]
    public async Task A_purge_takes_waiting_messages_and_leaves_running_ones()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        await pipeline.QueueAsync("greet");
        await pipeline.ChangeAsync(c => c.ChangeAsync("greet", new QueueChange { Concurrency = new(1) }, "ann"));
        await Eventually.True(async () => (await pipeline.QueueAsync("greet")).Consumers[0].Concurrency == 1, "one at a time");
        var release = new TaskCompletionSource();
        pipeline.Script.Greet = (_, _) => release.Task;
        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => pipeline.AddAsync(new Greet($"{i}"))));
        await Eventually.True(async () => await UnderTest.CountAsync("outbox", "in_flight = 1") == 20 && pipeline.Script.Greets.Count == 1, "all are in memory");
        var queue = await pipeline.QueueAsync("greet");
        Assert.Equal((19L, 1), (queue.Depth, queue.InFlight));

        Assert.Equal(new PurgeResult(19, 19, 0), await pipeline.ChangeAsync(c => c.PurgeAsync("greet", 19, "ann")));
        release.SetResult();

        await Eventually.True(async () => await UnderTest.CountAsync("tasks", "state = 3") == 1, "what ran has succeeded");
        await pipeline.TaskAsync(await pipeline.AddAsync(new Greet("last")), TaskState.Succeeded); // behind all that were purged
        await Eventually.True(async () => await UnderTest.CountAsync("outbox") == 0, "nothing is left over");
        Assert.Equal((19L, 2), (await UnderTest.CountAsync("tasks", "state = 8"), pipeline.Script.Greets.Count));
    }
}

public sealed class PostgresQueuePipelineTests : QueuePipelineTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();
}

/// <summary>What is set for a queue, carried out by a worker.</summary>
public abstract class QueuePipelineTests : StoreSuite
{
    [Fact]
    public async Task A_pause_holds_deliveries_until_a_resume()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        await pipeline.PauseAsync("greet");

        var held = await Task.WhenAll(Enumerable.Range(0, 5).Select(i => pipeline.AddAsync(new Greet($"{i}"))));
        await pipeline.TaskAsync(await pipeline.AddAsync(new Greeted("other")), TaskState.Succeeded);
        await Task.Delay(300);

        Assert.Empty(pipeline.Script.Greets);
        await pipeline.ChangeAsync(c => c.ResumeAsync("greet", "ann"));
        foreach (var id in held)
        {
            await pipeline.TaskAsync(id, TaskState.Succeeded);
        }
    }

    [Fact]
    public async Task A_worker_that_starts_while_its_queue_is_paused_consumes_nothing()
    {
        await using (var pipeline = await PipelineUnderTest.StartAsync(UnderTest))
        {
            await pipeline.QueueAsync("greet");
            await pipeline.ChangeAsync(c => c.PauseAsync("greet", "ann"));
        }

        await using var restarted = await PipelineUnderTest.StartAsync(UnderTest);
        var id = await restarted.AddAsync(new Greet("ann"));
        await restarted.TaskAsync(await restarted.AddAsync(new Greeted("other")), TaskState.Succeeded);

        Assert.Empty(restarted.Script.Greets);
        await restarted.ChangeAsync(c => c.ResumeAsync("greet", "ann"));
        await restarted.TaskAsync(id, TaskState.Succeeded);
    }

    [Fact]
    public async Task A_concurrency_limit_holds_even_while_it_changes()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        await pipeline.QueueAsync("greet");
        var (running, release) = (0, new SemaphoreSlim(0));
        pipeline.Script.Greet = async (_, _) =>
        {
            Interlocked.Increment(ref running);
            await release.WaitAsync();
            Interlocked.Decrement(ref running);
        };
        await SetAsync(pipeline, new QueueChange { Concurrency = new(1) }, q => q.Consumers[0].Concurrency == 1);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => pipeline.AddAsync(new Greet($"{i}"))));
        await Eventually.True(() => Volatile.Read(ref running) == 1, "one runs");
        await Task.Delay(300);
        Assert.Equal(1, Volatile.Read(ref running));

        await SetAsync(pipeline, new QueueChange { Concurrency = new(4) }, q => q.Consumers[0].Concurrency == 4);

        await Eventually.True(() => Volatile.Read(ref running) == 4, "four run");
        await Task.Delay(300);
        Assert.Equal(4, Volatile.Read(ref running));
        release.Release(8);
        await Eventually.True(async () => await UnderTest.CountAsync("tasks", "state = 3") == 8, "all are done");
    }

    [Fact]
    public async Task A_rate_limit_bounds_how_many_are_consumed()
    {
        const int PerSecond = 5;
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        await pipeline.QueueAsync("greet");
        await SetAsync(pipeline, new QueueChange { Concurrency = new(7), RateLimit = new(PerSecond) }, q => q.Consumers[0].Concurrency == 7); // the worker has both
        var since = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, 50).Select(i => pipeline.AddAsync(new Greet($"{i}"))));

        await Task.Delay(2_000);
        await Eventually.True(() => !pipeline.Script.Greets.IsEmpty, "some are consumed");
        var within = pipeline.Script.Greets.Count;
        Assert.InRange(within, 1, 15 + (PerSecond * since.Elapsed.TotalSeconds)); // about ten, and not all of them
        await SetAsync(pipeline, new QueueChange { RateLimit = new(null) }, q => q.Settings.RateLimit is null);

        await Eventually.True(async () => await UnderTest.CountAsync("tasks", "state = 3") == 50, "without it they are done at once");
    }

    [Fact]
    public async Task An_urgent_message_does_not_wait_for_a_backlog_of_others()
    {
        const int Backlog = 20_000;
        var script = new Script { Priority = name => name == "greeted" ? QueuePriority.High : QueuePriority.Low };
        await using (var before = await PipelineUnderTest.StartAsync(UnderTest, configure: Quiet, script: script))
        {
            await before.AddAllAsync(Enumerable.Range(0, Backlog).Select(i => new Greet($"{i}")));
            await before.AddAsync(new Greeted("urgent"));
            Assert.Equal(Backlog, await UnderTest.CountAsync("outbox", "priority = 2 AND queue = 'greet'"));
        }

        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest, script: script);
        Assert.True(await pipeline.Harness.Consumed.Any<Greeted>(Xunit.TestContext.Current.CancellationToken));

        Assert.InRange(script.Greets.Count, 0, Backlog / 2);

        static void Quiet(OutboxOptions options)
        {
            options.Dispatch = false;
            options.CommitTimeout = TimeSpan.FromMinutes(1); // of the whole backlog
        }
    }

    private static async Task SetAsync(PipelineUnderTest pipeline, QueueChange change, Func<QueueRecord, bool> holds)
    {
        await pipeline.ChangeAsync(c => c.ChangeAsync("greet", change, "ann"));
        await Eventually.True(async () => holds(await pipeline.QueueAsync("greet")), "it is carried out");
    }
}
