using Messaging.Outbox.Store;
using Messaging.Outbox.Tests.MassTransit.Pipeline;
using Messaging.Outbox.Tests.Queues;
using Messaging.Outbox.Tests.Stores;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Outbox.Tests.History;

public sealed class SqliteTimelineTests : TimelineTests
{
    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();
}

public sealed class PostgresTimelineTests : TimelineTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();
}

/// <summary>What has happened to a task, in the order of time.</summary>
public abstract class TimelineTests : StoreSuite
{
    [Fact]
    public async Task A_task_that_succeeded_at_once_has_few_items()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        var id = await pipeline.AddAsync(new Greet("ann"));
        var task = await pipeline.TaskAsync(id, TaskState.Succeeded);

        var timeline = await TimelineAsync(pipeline, id);

        Assert.True(timeline.IsComplete);
        Assert.Equal(
            [TaskTimelineType.Enqueued, TaskTimelineType.Attempt, TaskTimelineType.Succeeded], timeline.Items.Select(i => i.Type).Where(t => t != TaskTimelineType.Waited));
        Assert.Equal("Enqueued as Greet for queue greet.", timeline.Items[0].Text);
        Assert.Equal((task.FinishedAt, "Attempt 1 succeeded."), (timeline.Items.Single(i => i.Type == TaskTimelineType.Attempt).Until, timeline.Items.Single(i => i.Type == TaskTimelineType.Attempt).Text));
        var begun = timeline.Items.Skip(1).SkipLast(1).Select(i => i.At).ToList(); // the last one's time is the database's, the others' are the process's
        Assert.Equal(begun.Order(), begun);
    }

    [Fact]
    public async Task Failed_attempts_deferrals_the_dead_letter_and_the_redrive_are_shown()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest, PipelineUnderTest.Quick(delayed: 1));
        var fails = true;
        pipeline.Script.Greet = (_, _) => fails ? throw new InvalidOperationException("no mail today") : Task.CompletedTask;
        var id = await pipeline.AddAsync(new Greet("ann"));
        await pipeline.TaskAsync(id, TaskState.Failed);
        Assert.Equal(TaskTimelineType.Failed, (await TimelineAsync(pipeline, id)).Items.Last(i => i.Type != TaskTimelineType.DeadLettered).Type);
        fails = false;
        await pipeline.InUnitAsync((IDeadLetterControl letters) => letters.RedriveAsync(new DeadLetterQuery { TaskId = id }, "ann"));
        await pipeline.TaskAsync(id, TaskState.Succeeded);

        var items = (await TimelineAsync(pipeline, id)).Items;

        var attempts = items.Where(i => i.Type == TaskTimelineType.Attempt).ToList();
        Assert.Equal([1, 2, 3], attempts.Select(i => i.Attempt!.Value));
        Assert.All(attempts.Take(2), i => Assert.Contains("no mail today", i.Error!, StringComparison.Ordinal));
        Assert.All(attempts, i => Assert.NotNull(i.Seconds));
        Assert.Equal((null, "Attempt 3 succeeded."), (attempts[2].Error, attempts[2].Text));
        Assert.Single(items, i => i.Type == TaskTimelineType.Deferred);
        Assert.Equal("Dead-lettered on queue greet (Failed).", Assert.Single(items, i => i.Type == TaskTimelineType.DeadLettered).Text);
        Assert.Equal(("ann", "Redriven by ann."), Assert.Single(items, i => i.Type == TaskTimelineType.Redriven) is var redriven ? (redriven.Who, redriven.Text) : default);
        Assert.DoesNotContain(items, i => i.Type == TaskTimelineType.Failed);
    }

    [Fact]
    public async Task A_dropped_dead_letter_says_who_dropped_it()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        pipeline.Script.Greet = (_, _) => throw new InvalidOperationException("no mail today");
        var id = await pipeline.AddAsync(new Greet("ann"));
        await pipeline.TaskAsync(id, TaskState.Failed);
        await pipeline.InUnitAsync((IDeadLetterControl letters) => letters.DropAsync(new DeadLetterQuery { Queue = "greet" }, "bob"));

        Assert.Equal("bob", Assert.Single((await TimelineAsync(pipeline, id)).Items, i => i.Type == TaskTimelineType.Dropped).Who);
    }

    [Fact]
    public async Task A_running_attempt_has_no_end()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        var release = new TaskCompletionSource(); // so that the stop does not wait for it
        pipeline.Script.Greet = (_, _) => release.Task;
        var id = await pipeline.AddAsync(new Greet("ann"));
        var task = await pipeline.TaskAsync(id, TaskState.Running);
        await pipeline.QueueAsync("greet");

        var running = Assert.Single((await TimelineAsync(pipeline, id)).Items, i => i.Type == TaskTimelineType.Running);

        Assert.Equal((task.StartedAt!.Value, null, task.Worker, "Attempt 1 is running."), (running.At, running.Until, running.Worker, running.Text));
        await pipeline.CancelAsync(id);
        var cancelled = (await TimelineAsync(pipeline, id)).Items;
        Assert.Equal(("test", "Cancelled by test."), Assert.Single(cancelled, i => i.Type == TaskTimelineType.Cancelled) is var item ? (item.Who, item.Text) : default);
        Assert.Contains(cancelled, i => i.Text == "Attempt 1 had begun when the task was cancelled.");
        release.SetResult();
    }

    [Fact]
    public async Task An_attempt_number_that_is_missing_is_one_whose_worker_died()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest, PipelineUnderTest.Quick(delayed: 5, delay: TimeSpan.FromHours(1)));
        pipeline.Script.Greet = (_, _) => throw new InvalidOperationException("no mail today");
        var id = await pipeline.AddAsync(new Greet("ann"));
        await pipeline.TaskAsync(id, TaskState.Retrying);
        await UnderTest.ExecuteAsync($"UPDATE {UnderTest.NameOf("task_attempts")} SET attempt = 3");
        await UnderTest.ExecuteAsync($"UPDATE {UnderTest.NameOf("tasks")} SET attempts = 3");

        var items = (await TimelineAsync(pipeline, id)).Items;

        Assert.Equal(
            ["Attempt 1 left no outcome: its worker died, or could not write one.", "Attempt 2 left no outcome: its worker died, or could not write one.", "Attempt 3 failed."],
            items.Where(i => i.Type == TaskTimelineType.Attempt).Select(i => i.Text));
        Assert.Equal("The attempt after 3 is due.", Assert.Single(items, i => i.Type == TaskTimelineType.RetryDue).Text);
    }

    [Fact]
    public async Task Many_attempts_without_an_outcome_are_one_item()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest, PipelineUnderTest.Quick(delayed: 5, delay: TimeSpan.FromHours(1)));
        pipeline.Script.Greet = (_, _) => throw new InvalidOperationException("no mail today");
        var id = await pipeline.AddAsync(new Greet("ann"));
        await pipeline.TaskAsync(id, TaskState.Retrying);
        await UnderTest.ExecuteAsync($"UPDATE {UnderTest.NameOf("task_attempts")} SET attempt = 1000000");
        await UnderTest.ExecuteAsync($"UPDATE {UnderTest.NameOf("tasks")} SET attempts = 1000000");

        var items = (await TimelineAsync(pipeline, id)).Items;

        Assert.Equal(
            ["Attempts 1 to 999999 left no outcome: their workers died, or could not write one.", "Attempt 1000000 failed."],
            items.Where(i => i.Type == TaskTimelineType.Attempt).Select(i => i.Text));
    }

    [Fact]
    public async Task A_chain_shows_what_it_waited_for_and_who_brought_it_back()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        var ids = await pipeline.InUnitAsync((IBackgroundTasks tasks) =>
        {
            var first = tasks.Add(new Greet("a"), delay: TimeSpan.FromHours(1));
            return Task.FromResult((Guid[])[first.Id, first.Then(new Greet("b")).Id]);
        });
        Assert.Single((await TimelineAsync(pipeline, ids[0])).Items, i => i.Type == TaskTimelineType.Due);
        Assert.Equal($"Comes after Greet {ids[0]}, of which not all have succeeded.", Assert.Single((await TimelineAsync(pipeline, ids[1])).Items, i => i.Type == TaskTimelineType.Waited).Text);
        await pipeline.InUnitAsync((ITaskControl control) => control.CancelAsync(ids[0], "ann"));
        await pipeline.InUnitAsync((ITaskControl control) => control.RetryAsync(ids[0], "bob"));
        await pipeline.TaskAsync(ids[1], TaskState.Succeeded);

        var (first, second) = ((await TimelineAsync(pipeline, ids[0])).Items, (await TimelineAsync(pipeline, ids[1])).Items);

        Assert.Equal("Cancelled by ann.", Assert.Single(first, i => i.Type == TaskTimelineType.Cancelled).Text);
        Assert.Equal("Retried by bob.", Assert.Single(first, i => i.Type == TaskTimelineType.Retried).Text);
        Assert.Equal($"Cancelled with task {ids[0]} by ann.", Assert.Single(second, i => i.Type == TaskTimelineType.Cancelled).Text);
        var waited = second.First(i => i.Type == TaskTimelineType.Waited);
        Assert.Equal(($"Waited for Greet {ids[0]}.", ids[0]), (waited.Text, waited.TaskId!.Value));
        Assert.NotNull(waited.Until);
    }

    [Fact]
    public async Task A_task_older_than_the_inbox_is_not_complete()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest, configure: o => o.InboxRetention = TimeSpan.FromDays(1));
        var id = await pipeline.AddAsync(new Greet("ann"), delay: TimeSpan.FromHours(1));
        await UnderTest.ExecuteAsync(
            UnderTest is SqliteUnderTest ? "UPDATE tasks SET created_at = created_at - 90000000" : "UPDATE mq.x_tasks SET created_at = created_at - interval '25 hours'");

        Assert.False((await TimelineAsync(pipeline, id)).IsComplete);
    }

    [Fact]
    public async Task An_unknown_task_has_no_timeline_and_no_graph()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        var history = pipeline.Services.GetRequiredService<ITaskHistory>();

        Assert.Null(await history.FindTimelineAsync(Guid.NewGuid()));
        Assert.Null(await history.FindGraphAsync(Guid.NewGuid()));
    }

    private static async Task<TaskTimeline> TimelineAsync(PipelineUnderTest pipeline, Guid id) =>
        (await pipeline.Services.GetRequiredService<ITaskHistory>().FindTimelineAsync(id))!;
}
