using Messaging.Outbox.Tests.MassTransit.Pipeline;
using Messaging.Outbox.Tests.Stores;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Outbox.Tests.Queues;

public sealed class SqliteQueueControlTests : QueueControlTests
{
    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();
}

public sealed class PostgresQueueControlTests : QueueControlTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();
}

/// <summary>What an operator sets and sees of a queue.</summary>
public abstract class QueueControlTests : StoreSuite
{
    [Fact]
    public async Task A_worker_reports_its_queues_with_their_message_types_and_itself()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest, script: new Script { Priority = _ => QueuePriority.High });

        var queue = await pipeline.QueueAsync("count");

        Assert.Equal((QueuePriority.High, false, null, null), (queue.Settings.Priority, queue.Settings.Paused, queue.Settings.Concurrency, queue.Settings.RateLimit));
        Assert.Equal((0L, 0, 0L, 0L), (queue.Depth, queue.InFlight, queue.Delayed, queue.DeadLetters));
        Assert.Equal(20, Assert.Single(queue.Consumers).Concurrency);
        Assert.Equal(1, await UnderTest.CountAsync("queues", "name = 'count' AND message_types LIKE '[\"urn:message:%:Count\"]'"));
        Assert.Equal(["count", "greet", "greeted", "jot", "note"], (await pipeline.Services.GetRequiredService<IQueueStore>().ListAsync()).Select(q => q.Settings.Name));
    }

    [Fact]
    public async Task Pausing_twice_is_the_same_and_leaves_one_trace()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        await pipeline.QueueAsync("greet");

        Assert.True((await pipeline.ChangeAsync(c => c.PauseAsync("greet", "ann")))!.Paused);
        Assert.True((await pipeline.ChangeAsync(c => c.PauseAsync("greet", "bob")))!.Paused);
        Assert.False((await pipeline.ChangeAsync(c => c.ResumeAsync("greet", "bob")))!.Paused);

        Assert.Equal(1, await UnderTest.CountAsync("audit", "who = 'ann' AND action = 'queue.pause' AND target = 'greet' AND from_state = 'Running'"));
        Assert.Equal(1, await UnderTest.CountAsync("audit", "who = 'bob' AND action = 'queue.resume' AND from_state = 'Paused'"));
        Assert.Equal(2, await UnderTest.CountAsync("audit"));
    }

    [Fact]
    public async Task A_change_sets_only_what_it_names()
    {
        await using (var pipeline = await PipelineUnderTest.StartAsync(UnderTest))
        {
            await pipeline.QueueAsync("greet");
            await pipeline.ChangeAsync(c => c.ChangeAsync(
                "greet", new QueueChange { Concurrency = new(3), RateLimit = new(2.5), Priority = new(QueuePriority.Low) }, "ann"));
            await pipeline.ChangeAsync(c => c.ChangeAsync("greet", new QueueChange { Concurrency = new(3) }, "ann"));
            await pipeline.ChangeAsync(c => c.ChangeAsync("greet", new QueueChange { RateLimit = new(null) }, "ann"));
        }

        await using var restarted = await PipelineUnderTest.StartAsync(UnderTest, script: new Script { Priority = _ => QueuePriority.High });
        await Eventually.True(async () => await UnderTest.CountAsync("queues", "name = 'greet' AND default_priority = 0") == 1, "it is reported again");
        var settings = (await restarted.QueueAsync("greet")).Settings;
        Assert.Equal((3, null, QueuePriority.Low), (settings.Concurrency, settings.RateLimit, settings.Priority));
        Assert.Equal(2, await UnderTest.CountAsync("audit", "action = 'queue.change'"));

        var cleared = await restarted.ChangeAsync(c => c.ChangeAsync("greet", new QueueChange { Priority = new(null) }, "ann"));
        Assert.Equal(QueuePriority.High, cleared!.Priority);
    }

    [Fact]
    public async Task An_entry_of_the_audit_names_only_what_was_changed()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        await pipeline.QueueAsync("greet");
        await pipeline.ChangeAsync(c => c.ChangeAsync("greet", new QueueChange { Concurrency = new(3), RateLimit = new(2.5), Priority = new(QueuePriority.Low) }, "ann"));

        await pipeline.ChangeAsync(c => c.ChangeAsync("greet", new QueueChange { Concurrency = new(4), RateLimit = new(2.5) }, "bob"));

        Assert.Equal(1, await UnderTest.CountAsync("audit", """who = 'ann' AND details LIKE '%"concurrency":3,"rate_limit":2.5,"priority":%'"""));
        Assert.Equal(1, await UnderTest.CountAsync("audit", """who = 'bob' AND details = '{"concurrency":4}'"""));
    }

    [Fact]
    public async Task A_queue_that_nobody_reported_cannot_be_changed()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);

        Assert.Null(await pipeline.ChangeAsync(c => c.PauseAsync("nowhere", "ann")));
        Assert.Null(await pipeline.ChangeAsync(c => c.ChangeAsync("nowhere", new QueueChange { Concurrency = new(1) }, "ann")));
        Assert.Null(await pipeline.Services.GetRequiredService<IQueueStore>().FindAsync("nowhere"));
        Assert.Equal(0, await UnderTest.CountAsync("audit"));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            () => pipeline.ChangeAsync(c => c.ChangeAsync("greet", new QueueChange { Concurrency = new(0) }, "ann")));
    }

    [Fact]
    public async Task A_purge_cancels_removed_tasks_with_their_successors()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest, configure: o => o.Dispatch = false);
        await pipeline.QueueAsync("greet");
        var first = await pipeline.AddAsync(new Greet("first"));
        var second = await pipeline.AddAsync(new Greet("second"));
        var (before, after) = await pipeline.AddChainAsync(new Greet("third"), new Greet("fourth"));
        var later = await pipeline.AddAsync(new Greet("later"), TimeSpan.FromHours(1));
        var other = await pipeline.AddAsync(new Greeted("other"));
        var queue = await pipeline.QueueAsync("greet");
        Assert.Equal((3L, 2L), (queue.Depth, queue.Delayed));
        Assert.NotNull(queue.OldestSeconds);

        var result = await pipeline.ChangeAsync(c => c.PurgeAsync("greet", 100, "ann"));

        Assert.Equal(new PurgeResult(3, 3, 1), result);
        var states = new List<TaskState?>();
        foreach (var id in (Guid[])[first, second, before, after, later, other])
        {
            states.Add(await pipeline.StateAsync(id));
        }

        Assert.Equal(
            [TaskState.Cancelled, TaskState.Cancelled, TaskState.Cancelled, TaskState.Cancelled, TaskState.Scheduled, TaskState.Queued], states);

        queue = await pipeline.QueueAsync("greet");
        Assert.Equal((0L, 1L), (queue.Depth, queue.Delayed));
        Assert.Equal(4, await UnderTest.CountAsync("inbox"));
        Assert.Equal(1, await UnderTest.CountAsync("audit", """action = 'queue.purge' AND details = '{"purged":3,"cancelled":3,"successors":1}'"""));
    }

    [Fact]
    public async Task A_purge_in_batches_finds_exactly_the_rows_of_its_queue()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest, configure: o => o.Dispatch = false);
        await pipeline.QueueAsync("greet");
        var rows = Enumerable.Range(0, 2_400).Select(i => Work.With(Work.Message() with
        {
            Queue = i % 2 == 0 ? "greet" : "other",
            Priority = (QueuePriority)(i % 3),
        }));
        foreach (var commit in rows.Chunk(200))
        {
            await UnderTest.Store.Commits.CommitAsync(commit, lockWait: null, default);
        }

        Assert.Equal(new PurgeResult(1_200, 0, 0), await pipeline.ChangeAsync(c => c.PurgeAsync("greet", 5_000, "ann")));

        Assert.Equal((0, 1_200), (await UnderTest.CountAsync("outbox", "queue = 'greet'"), await UnderTest.CountAsync("outbox", "queue = 'other'")));
    }

    [Fact]
    public async Task A_purge_takes_no_more_than_its_limit()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest, configure: o => o.Dispatch = false);
        await pipeline.QueueAsync("greet");
        await Task.WhenAll(Enumerable.Range(0, 5).Select(i => pipeline.AddAsync(new Greet($"{i}"))));

        Assert.Equal(new PurgeResult(2, 2, 0), await pipeline.ChangeAsync(c => c.PurgeAsync("greet", 2, "ann")));

        Assert.Equal(3, (await pipeline.QueueAsync("greet")).Depth);
    }
}
