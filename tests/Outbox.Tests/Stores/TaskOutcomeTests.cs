namespace Messaging.Outbox.Tests.Stores;

public sealed class SqliteTaskOutcomeTests : TaskOutcomeTests
{
    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();
}

public sealed class PgBouncerTaskOutcomeTests : TaskOutcomeTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PgBouncerUnderTest.CreateAsync();
}

public sealed class PostgresTaskOutcomeTests : TaskOutcomeTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();
}

/// <summary>A task's states, from its message's commit to its last outcome.</summary>
public abstract class TaskOutcomeTests : OutboxStoreSuite
{
    [Fact]
    public async Task A_tracked_message_has_a_queued_task()
    {
        var message = Work.Message() with { TaskKind = "Greet" };

        await CommitAsync(Work.With(message));

        var task = await FindTaskAsync(message.MessageId);
        Assert.Equal(("Greet", TaskState.Queued, 0), (task!.Kind, task.State, task.Attempts));
        Assert.InRange(task.CreatedAt, DateTimeOffset.UtcNow.AddMinutes(-1), DateTimeOffset.UtcNow.AddMinutes(1));
        Assert.Null(await FindTaskAsync(Guid.NewGuid()));
    }

    [Fact]
    public async Task A_task_goes_through_running_and_retrying_to_succeeded()
    {
        var id = await QueueTaskAsync();
        var started = DateTimeOffset.FromUnixTimeMilliseconds(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());

        await Store.Running.MarkRunningAsync([new RunningTask(id, 1, started)], "w", default);
        var running = await FindTaskAsync(id);
        await CommitAsync(Work.With(new TaskOutcome(id, TaskState.Retrying, 1, started) { RetryDelay = TimeSpan.FromMinutes(5), Error = "late" }));
        var retrying = await FindTaskAsync(id);
        await CommitAsync(Work.With(new TaskOutcome(id, TaskState.Succeeded, 2, started)));
        var succeeded = await FindTaskAsync(id);

        Assert.Equal((TaskState.Running, 1, started), (running!.State, running.Attempts, running.StartedAt));
        Assert.Equal((TaskState.Retrying, "late"), (retrying!.State, retrying.LastError));
        Assert.InRange(retrying.NextAttemptAt!.Value, started.AddMinutes(4), started.AddMinutes(6));
        Assert.Null(retrying.FinishedAt);
        Assert.Equal((TaskState.Succeeded, 2, "late"), (succeeded!.State, succeeded.Attempts, succeeded.LastError));
        Assert.NotNull(succeeded.FinishedAt);
        Assert.Null(succeeded.NextAttemptAt);
    }

    [Theory]
    [InlineData(TaskState.Failed)]
    [InlineData(TaskState.Retrying)]
    public async Task A_succeeded_task_stays_succeeded_whatever_a_late_attempt_says(TaskState late)
    {
        var id = await QueueTaskAsync();
        await CommitAsync(Work.With(new TaskOutcome(id, TaskState.Succeeded, 1, DateTimeOffset.UtcNow)));

        await CommitAsync(Work.With(new TaskOutcome(id, late, 2, DateTimeOffset.UtcNow)));
        await Store.Running.MarkRunningAsync([new RunningTask(id, 2, DateTimeOffset.UtcNow)], "w", default);

        Assert.Equal(TaskState.Succeeded, (await FindTaskAsync(id))!.State);
    }

    [Fact]
    public async Task A_late_report_does_not_show_an_ended_attempt_as_running()
    {
        var id = await QueueTaskAsync();
        await CommitAsync(Work.With(new TaskOutcome(id, TaskState.Retrying, 1, DateTimeOffset.UtcNow) { RetryDelay = TimeSpan.FromHours(1) }));

        await Store.Running.MarkRunningAsync([new RunningTask(id, 1, DateTimeOffset.UtcNow)], "w", default);

        Assert.Equal(TaskState.Retrying, (await FindTaskAsync(id))!.State);
    }

    [Fact]
    public async Task An_outcome_without_a_start_leaves_the_start_as_it_was()
    {
        var id = await QueueTaskAsync();
        await CommitAsync(Work.With(new TaskOutcome(id, TaskState.Retrying, 1, DateTimeOffset.UtcNow) { RetryDelay = TimeSpan.Zero }));

        await CommitAsync(Work.With(new TaskOutcome(id, TaskState.Failed, 1, StartedAt: null)));

        Assert.InRange((await FindTaskAsync(id))!.StartedAt!.Value, DateTimeOffset.UtcNow.AddMinutes(-1), DateTimeOffset.UtcNow);
    }

    [Fact]
    public async Task Of_two_ends_in_one_group_one_starts_the_successor()
    {
        var before = await QueueTaskAsync();
        var after = await QueueTaskAsync(before);

        await CommitAsync(Ended(), Ended());

        Assert.Equal(TaskState.Queued, (await FindTaskAsync(after))!.State);
        Assert.Equal(0, await UnderTest.CountAsync("tasks", "pending <> 0"));
        await using var claim = await ClaimAsync();
        Assert.Contains(after, claim.Messages.Select(m => m.MessageId));

        StagedWork Ended() => Work.With(new TaskOutcome(before, TaskState.Succeeded, 1, DateTimeOffset.UtcNow) { HasSuccessors = true });
    }
}
