using Messaging.Outbox.Bulk;
using Messaging.Outbox.Tests.Stores;

namespace Messaging.Outbox.Tests.Bulk;

public sealed class SqliteBulkActionTests : BulkActionTests
{
    private protected override string Now => "unixepoch('subsec') * 1000";

    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();
}

public sealed class PgBouncerBulkActionTests : BulkActionTests
{
    private protected override string Now => "now()";

    protected override Task<StoreUnderTest> CreateAsync() => PgBouncerUnderTest.CreateAsync();
}

public sealed class PostgresBulkActionTests : BulkActionTests
{
    private protected override string Now => "now()";

    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();
}

/// <summary>Actions on more tasks than one transaction takes: whatever happens, each task is changed once.</summary>
public abstract class BulkActionTests : StoreSuite
{
    private static readonly BulkOrder CancelMany = BulkOrder.Of(BulkActionKind.Cancel, new TaskQuery { Kind = "Many", States = [TaskState.Scheduled] });

    [Fact]
    public async Task Ten_thousand_tasks_are_cancelled_once()
    {
        await ManyTasks.AddAsync(UnderTest, 10_000);
        await ManyTasks.AddAsync(UnderTest, 10, "Few");
        using var process = new BulkProcess(UnderTest);

        var started = (await process.AskAsync(CancelMany, expected: 10_000)).Started!;
        var done = (await process.RunAsync(await process.TakeAsync()))!.Action;

        Assert.Equal((started.Id, BulkActionState.Done, 10_000L, 10_000L, 10_000L, 0L), (done.Id, done.State, done.Total, done.Done, done.Changed, done.Skipped));
        Assert.NotNull(done.EndedAt);
        Assert.Equal(10_000, await CancelledOnceAsync());
        Assert.Equal(10, await UnderTest.CountAsync("tasks", "state = 5"));
        Assert.Equal(1, await UnderTest.CountAsync("audit", "action = 'bulk-action.start' AND who = 'ann'"));
        Assert.Equal(1, await UnderTest.CountAsync("audit", "action = 'bulk-action.end' AND details LIKE '%\"changed\":10000%'"));
        Assert.Equal(50, await UnderTest.CountAsync("audit", $"action = 'bulk-action.step' AND target = '{started.Id}'"));
        Assert.Equal(52, await UnderTest.CountAsync("audit"));
    }

    [Fact]
    public async Task Steps_leave_out_no_task_of_the_state_with_more_others()
    {
        var at = DateTimeOffset.UtcNow.AddHours(-1);
        await ManyTasks.AddAsync(UnderTest, 1_000, "Other", createdAt: at);
        await ManyTasks.AddAsync(UnderTest, 10, createdAt: at.AddMinutes(-1));
        await ManyTasks.AddAsync(UnderTest, 1_100, state: TaskState.Retrying, createdAt: at.AddMinutes(-2));
        using var process = new BulkProcess(UnderTest);

        await process.AskAsync(BulkOrder.Of(BulkActionKind.Cancel, new TaskQuery { Kind = "Many", States = [TaskState.Scheduled, TaskState.Retrying] }));
        var done = await process.RunAsync(await process.TakeAsync());

        Assert.Equal((BulkActionState.Done, 1_110L), (done!.Action.State, done.Action.Changed));
    }

    [Fact]
    public async Task A_killed_process_is_followed_by_another_one()
    {
        await ManyTasks.AddAsync(UnderTest, 1_500);
        using var killed = new BulkProcess(UnderTest);
        using var next = new BulkProcess(UnderTest);
        await killed.AskAsync(CancelMany);
        var before = await killed.RunAsync(await killed.TakeAsync(), steps: 3);

        Assert.Null(await next.TakeAsync()); // it may be alive
        await ExpireAsync();
        var taken = await next.TakeAsync();
        Assert.Equal((3, 600L), (taken!.Step, taken.Action.Done));
        var done = await next.RunAsync(taken);

        Assert.Null(await killed.StepAsync(before!)); // it was alive after all
        Assert.Equal((BulkActionState.Done, 1_500L), (done!.Action.State, done.Action.Changed));
        Assert.Equal(1_500, await CancelledOnceAsync());
    }

    [Fact]
    public async Task A_step_that_does_not_commit_changes_nothing()
    {
        await ManyTasks.AddAsync(UnderTest, 1_100);
        using var process = new BulkProcess(UnderTest);
        var asked = (await process.AskAsync(CancelMany)).Started!;
        var taken = (await process.TakeAsync())!;
        await using (await UnderTest.HoldTasksAsync())
        {
            using var killed = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
            await Assert.ThrowsAnyAsync<Exception>(() => process.StepAsync(taken, killed.Token));
        }

        Assert.Equal(0, await UnderTest.CountAsync("tasks", "state = 8"));
        Assert.Equal(0L, (await process.FindAsync(asked.Id))!.Done);
        await process.RunAsync(await process.TakeAsync()); // it holds it still
        Assert.Equal(1_100, await CancelledOnceAsync());
    }

    [Fact]
    public async Task Two_processes_that_hold_the_same_action_change_each_task_once()
    {
        await ManyTasks.AddAsync(UnderTest, 3_000);
        using var one = new BulkProcess(UnderTest);
        using var other = new BulkProcess(UnderTest);
        var id = (await one.AskAsync(CancelMany)).Started!.Id;

        await Task.WhenAll(GrabAsync(one), GrabAsync(other));

        var action = (await one.FindAsync(id))!;
        Assert.Equal((BulkActionState.Done, 3_000L, 3_000L), (action.State, action.Done, action.Changed));
        Assert.Equal(3_000, await CancelledOnceAsync());
        Assert.Equal(1, await UnderTest.CountAsync("audit", "action = 'bulk-action.end'"));

        async Task GrabAsync(BulkProcess process)
        {
            while ((await process.FindAsync(id))!.State == BulkActionState.Running)
            {
                await ExpireAsync();
                await process.RunAsync(await process.TakeAsync(), steps: 2);
            }
        }
    }

    [Fact]
    public async Task Only_what_was_there_and_still_matches_is_changed()
    {
        await ManyTasks.AddAsync(UnderTest, 1_200);
        using var process = new BulkProcess(UnderTest);
        var asked = (await process.AskAsync(CancelMany)).Started!;
        await ManyTasks.AddAsync(UnderTest, 300, createdAt: DateTimeOffset.UtcNow.AddHours(1));
        var taken = await process.RunAsync(await process.TakeAsync(), steps: 2);
        await UnderTest.ExecuteAsync($"UPDATE {UnderTest.NameOf("tasks")} SET state = 3 WHERE state = 5 AND created_at < {Now}");

        var done = await process.RunAsync(taken);

        Assert.Equal((1_200L, 400L), (asked.Total, done!.Action.Changed));
        Assert.Equal((400, 300), (await UnderTest.CountAsync("tasks", "state = 8"), await UnderTest.CountAsync("tasks", "state = 5")));
    }

    [Fact]
    public async Task A_stopped_action_changes_nothing_more()
    {
        await ManyTasks.AddAsync(UnderTest, 1_200);
        using var process = new BulkProcess(UnderTest);
        var id = (await process.AskAsync(CancelMany)).Started!.Id;
        var taken = await process.RunAsync(await process.TakeAsync(), steps: 1);

        var stopped = await process.InUnitAsync(actions => actions.StopAsync(id, "bob", default));

        Assert.Null(await process.StepAsync(taken!));
        Assert.Null(await process.TakeAsync());
        Assert.Equal((BulkActionState.Stopped, 200L), (stopped!.State, stopped.Changed));
        Assert.Equal(200, await UnderTest.CountAsync("tasks", "state = 8"));
        Assert.Equal(1, await UnderTest.CountAsync("audit", "action = 'bulk-action.stop' AND who = 'bob' AND from_state = 'Running' AND details LIKE '%\"changed\":200%'"));
        var again = await process.InUnitAsync(actions => actions.StopAsync(id, "bob", default));
        Assert.Equal(stopped.EndedAt, again!.EndedAt);
        Assert.Equal(1, await UnderTest.CountAsync("audit", "action = 'bulk-action.stop'"));
    }

    [Fact]
    public async Task No_more_than_ten_run_at_once()
    {
        await ManyTasks.AddAsync(UnderTest, 1_100);
        using var process = new BulkProcess(UnderTest);
        for (var i = 0; i < BulkActionSql.MaxRunning; i++)
        {
            Assert.NotNull((await process.AskAsync(CancelMany)).Started);
        }

        Assert.True((await process.AskAsync(CancelMany)).HasTooManyRunning);

        await process.RunAsync(await process.TakeAsync());
        Assert.Equal(1, await UnderTest.CountAsync("bulk_actions", "state = 1"));
        await ManyTasks.AddAsync(UnderTest, 1_100);
        Assert.NotNull((await process.AskAsync(CancelMany)).Started);
    }

    private protected abstract string Now { get; }

    /// <summary>The time until which a process holds an action is over.</summary>
    // Not now: SQLite's times are milliseconds, and what is held until this one is held.
    private Task ExpireAsync() => UnderTest.ExecuteAsync($"UPDATE {UnderTest.NameOf("bulk_actions")} SET held_until = started_at");

    /// <summary>The tasks that were cancelled; each cancellation leaves a row in the inbox.</summary>
    private async Task<long> CancelledOnceAsync()
    {
        var tasks = await UnderTest.CountAsync("tasks", "state = 8");
        Assert.Equal(tasks, await UnderTest.CountAsync("inbox"));
        return tasks;
    }
}
