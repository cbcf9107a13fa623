using Messaging.Outbox.Bulk;
using Messaging.Outbox.Store;
using Messaging.Outbox.Tests.MassTransit.Pipeline;
using Messaging.Outbox.Tests.Stores;

namespace Messaging.Outbox.Tests.Bulk;

public sealed class SqliteBulkAtOnceTests : BulkAtOnceTests
{
    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();
}

public sealed class PostgresBulkAtOnceTests : BulkAtOnceTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();
}

/// <summary>Actions on up to 1,000: one transaction with one audit entry.</summary>
public abstract class BulkAtOnceTests : StoreSuite
{
    [Fact]
    public async Task A_thousand_tasks_are_cancelled_with_one_audit_entry()
    {
        await ManyTasks.AddAsync(UnderTest, 1_000);
        using var process = new BulkProcess(UnderTest);

        var result = await process.AskAsync(BulkOrder.Of(BulkActionKind.Cancel, new TaskQuery { Kind = "Many" }), expected: 1_000);

        Assert.Equal(new BulkResult { Changed = 1_000 }, result);
        Assert.Equal(1_000, await UnderTest.CountAsync("tasks", "state = 8"));
        Assert.Equal(1, await UnderTest.CountAsync("audit", "action = 'task.cancel' AND target = 'filter' AND details LIKE '%\"count\":1000%'"));
        Assert.Equal((1, 0), (await UnderTest.CountAsync("audit"), await UnderTest.CountAsync("bulk_actions")));
    }

    [Fact]
    public async Task Nothing_is_done_if_the_number_has_changed()
    {
        await ManyTasks.AddAsync(UnderTest, 3);
        using var process = new BulkProcess(UnderTest);

        var result = await process.AskAsync(BulkOrder.Of(BulkActionKind.Cancel, new TaskQuery { Kind = "Many" }), expected: 2);

        Assert.Equal(3, result.Differs!.Count);
        Assert.Equal((3, 0), (await UnderTest.CountAsync("tasks", "state = 5"), await UnderTest.CountAsync("audit")));
    }

    [Fact]
    public async Task A_task_with_too_many_successors_is_skipped()
    {
        var tasks = await ManyTasks.AddAsync(UnderTest, 2);
        var after = await ManyTasks.AddAsync(UnderTest, TaskLinksSql.MaxFollowing + 1, "After", TaskState.Waiting);
        await UnderTest.ExecuteAsync(
            $"INSERT INTO {UnderTest.NameOf("task_links")} (predecessor, successor) SELECT (SELECT id FROM {UnderTest.NameOf("tasks")} WHERE kind = 'Many' ORDER BY id LIMIT 1), id FROM {UnderTest.NameOf("tasks")} WHERE kind = 'After'");
        using var process = new BulkProcess(UnderTest);

        var result = await process.InUnitAsync(actions => actions.RunAsync(
            BulkOrder.Of(BulkActionKind.Cancel, new TaskQuery()), tasks, expected: null, "ann", default));

        Assert.Equal((1, 1), (result.Changed, result.Skipped));
        Assert.Equal(after.Count, await UnderTest.CountAsync("tasks", $"state = {(int)TaskState.Waiting}")); // none is Blocked
    }

    [Fact]
    public async Task Tasks_that_have_ended_are_skipped()
    {
        var open = await ManyTasks.AddAsync(UnderTest, 2);
        var done = await ManyTasks.AddAsync(UnderTest, 1, state: TaskState.Succeeded);
        using var process = new BulkProcess(UnderTest);

        var result = await process.InUnitAsync(actions => actions.RunAsync(
            BulkOrder.Of(BulkActionKind.Cancel, new TaskQuery()), [.. open, .. done, Guid.NewGuid(), open[0]], expected: null, "ann", default));

        Assert.Equal((2, 2), (result.Changed, result.Skipped));
        Assert.Equal(1, await UnderTest.CountAsync("audit", "action = 'task.cancel' AND target = 'ids'"));
    }

    [Fact]
    public async Task Failed_cancelled_and_delayed_tasks_are_retried_together()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        pipeline.Script.Greet = (_, _) => throw new InvalidOperationException("no");
        var failed = await pipeline.AddAsync(new Greet("failed"));
        await pipeline.TaskAsync(failed, TaskState.Failed);
        pipeline.Script.Greet = (_, _) => Task.CompletedTask;
        var cancelled = await pipeline.AddAsync(new Greet("cancelled"), TimeSpan.FromHours(1));
        await pipeline.CancelAsync(cancelled);
        var delayed = await pipeline.AddAsync(new Greet("delayed"), TimeSpan.FromHours(1));
        var before = await UnderTest.CountAsync("audit");

        var result = await pipeline.InUnitAsync((BulkActions actions) => actions.RunAsync(
            BulkOrder.Of(BulkActionKind.Retry, new TaskQuery()), [failed, cancelled, delayed], expected: 3, "ann", default));

        Assert.Equal((3, 0), (result.Changed, result.Skipped));
        foreach (var id in (Guid[])[failed, cancelled, delayed])
        {
            await pipeline.TaskAsync(id, TaskState.Succeeded);
        }

        Assert.Equal(before + 1, await UnderTest.CountAsync("audit"));
    }

    [Fact]
    public async Task A_process_runs_what_another_one_was_asked_for()
    {
        await ManyTasks.AddAsync(UnderTest, 1_300);
        using var asked = new BulkProcess(UnderTest);
        var id = (await asked.AskAsync(BulkOrder.Of(BulkActionKind.Cancel, new TaskQuery { Kind = "Many" }))).Started!.Id;

        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);

        await Eventually.True(async () => (await asked.FindAsync(id))!.State == BulkActionState.Done, "the other process has run it");
        Assert.Equal(1_300, await UnderTest.CountAsync("tasks", "state = 8"));
    }
}
