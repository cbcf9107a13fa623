using Messaging.Outbox.Bulk;
using Messaging.Outbox.Tests.Stores;

namespace Messaging.Outbox.Tests.Bulk;

public sealed class SqliteBulkFailureTests : BulkFailureTests
{
    private protected override string LongAgo => "started_at - 3600000";

    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();
}

public sealed class PostgresBulkFailureTests : BulkFailureTests
{
    private protected override string LongAgo => "started_at - interval '1 hour'";

    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();
}

/// <summary>What the row of an action keeps of a step that has failed.</summary>
public abstract class BulkFailureTests : StoreSuite
{
    private static readonly BulkOrder CancelMany = BulkOrder.Of(BulkActionKind.Cancel, new TaskQuery { Kind = "Many" });
    private static readonly TimeoutException Slow = new("slow");

    [Fact]
    public async Task Ten_timeouts_in_a_row_do_not_fail_the_action()
    {
        await ManyTasks.AddAsync(UnderTest, 1_100);
        using var process = new BulkProcess(UnderTest);
        await process.AskAsync(CancelMany);
        var running = (await process.TakeAsync())!;
        for (var i = 0; i < 10; i++)
        {
            running = (await process.FailAsync(UnderTest, running, Slow))!;
        }

        Assert.Equal((BulkActionState.Running, 10, 1, "TimeoutException: slow"), (running.Action.State, running.Failures, running.Size, running.Action.Error));
        var done = await process.RunAsync(running);

        Assert.Equal((BulkActionState.Done, 1_100L), (done!.Action.State, done.Action.Changed));
    }

    [Fact]
    public async Task A_failure_after_long_without_a_step_ends_the_action()
    {
        await ManyTasks.AddAsync(UnderTest, 1_100);
        using var process = new BulkProcess(UnderTest);
        var id = (await process.AskAsync(CancelMany)).Started!.Id;
        var running = await process.StepAsync((await process.TakeAsync())!);
        running = (await process.FailAsync(UnderTest, running!, Slow))!;
        await UnderTest.ExecuteAsync($"UPDATE {UnderTest.NameOf("bulk_actions")} SET failures = {BulkRetry.AtLeast - 1}, failing_since = {LongAgo}");
        running = (await process.TakeAsync())!;

        await process.Steps.FailAsync(running, process.Holder, new BulkStepException(Slow, only: null), default);

        var failed = (await process.FindAsync(id))!;
        Assert.Equal((BulkActionState.Failed, 200L), (failed.State, failed.Changed));
        Assert.StartsWith("No step could be finished for 30 minutes", failed.Error, StringComparison.Ordinal);
        Assert.Null(failed.NextAttemptAt);
        Assert.Null(await process.TakeAsync());
        Assert.Equal(1, await UnderTest.CountAsync("audit", "action = 'bulk-action.end' AND details LIKE '%\"state\":\"Failed\"%'"));
    }

    [Fact]
    public async Task Nobody_takes_an_action_before_its_next_attempt()
    {
        await ManyTasks.AddAsync(UnderTest, 1_100);
        using var process = new BulkProcess(UnderTest);
        using var other = new BulkProcess(UnderTest);
        await process.AskAsync(CancelMany);
        var running = (await process.TakeAsync())! with { Failures = 5 }; // the next attempt is in a minute

        var failed = await process.Steps.FailAsync(running, process.Holder, new BulkStepException(Slow, only: null), default);

        Assert.NotNull(failed!.Value.Action.Action.NextAttemptAt);
        Assert.Null(await process.TakeAsync());
        Assert.Null(await other.TakeAsync());
        Assert.Null(await process.StepAsync(running));
    }

    [Fact]
    public async Task Another_process_goes_on_with_the_smaller_size()
    {
        await ManyTasks.AddAsync(UnderTest, 1_100);
        using var killed = new BulkProcess(UnderTest);
        using var next = new BulkProcess(UnderTest);
        await killed.AskAsync(CancelMany);
        var running = await killed.FailAsync(UnderTest, (await killed.TakeAsync())!, Slow);
        await killed.StepAsync(running!);
        await killed.Steps.ReleaseAsync(killed.Holder, default);

        var taken = await next.TakeAsync();

        Assert.Equal((100, 100L, 1), (taken!.Size, taken.Action.Changed, taken.Step));
    }

    [Fact]
    public async Task Failures_of_a_step_are_forgotten_after_it()
    {
        await ManyTasks.AddAsync(UnderTest, 1_100);
        using var process = new BulkProcess(UnderTest);
        await process.AskAsync(CancelMany);
        var running = await process.FailAsync(UnderTest, (await process.TakeAsync())!, Slow);
        Assert.NotNull(running!.FailingSince);

        running = await process.StepAsync(running);
        Assert.Equal((0, null, 112), (running!.Failures, running.FailingSince, running.Size));
        running = await process.StepAsync(running);

        Assert.Equal((212L, null), (running!.Action.Changed, running.Action.Error));
    }

    private protected abstract string LongAgo { get; }
}
