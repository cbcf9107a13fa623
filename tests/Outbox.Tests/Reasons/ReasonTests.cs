using Messaging.Outbox.Tests.MassTransit.Pipeline;
using Messaging.Outbox.Tests.Queues;
using Messaging.Outbox.Tests.Stores;
using Messaging.Outbox.Tests.Undelivered;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Outbox.Tests.Reasons;

public sealed class SqliteReasonTests : ReasonTests
{
    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();
}

public sealed class PostgresReasonTests : ReasonTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();
}

/// <summary>Why a task is not running: a real task in each situation that needs no broker.</summary>
public abstract class ReasonTests : StoreSuite
{
    [Fact]
    public async Task A_delayed_task_is_due_later()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        await pipeline.QueueAsync("greet");
        var id = await pipeline.AddAsync(new Greet("ann"), delay: TimeSpan.FromMinutes(30));

        var reason = await pipeline.WhyAsync(id);

        Assert.Equal((TaskReasonCode.DueLater, TaskState.Scheduled, "greet"), (reason.Code, reason.State, reason.Queue));
        Assert.Matches(@"^It is due in (29|30) min, at (\d{4}-\d\d-\d\d )?\d\d:\d\d:\d\d UTC\.$", reason.Message);
        Assert.Equal((await pipeline.TaskAsync(id, TaskState.Scheduled)).NextAttemptAt, reason.Until);
        Assert.Equal($"To run it now: POST /tasks/{id}/retry.", reason.Advice);
    }

    [Fact]
    public async Task A_delayed_task_of_a_paused_queue_names_the_pause_too()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        await pipeline.QueueAsync("greet");
        await pipeline.ChangeAsync(c => c.PauseAsync("greet", "ann"));
        var id = await pipeline.AddAsync(new Greet("ann"), delay: TimeSpan.FromMinutes(30));

        var reason = await pipeline.WhyAsync(id);

        Assert.Equal(TaskReasonCode.DueLater, reason.Code);
        Assert.EndsWith(" Besides, queue greet is paused by ann.", reason.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failed_attempt_says_when_the_next_one_is_due()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest, PipelineUnderTest.Quick(delayed: 3, delay: TimeSpan.FromHours(1)));
        pipeline.Script.Greet = (_, _) => throw new InvalidOperationException("no mail today");
        var id = await pipeline.AddAsync(new Greet("ann"));
        var task = await pipeline.TaskAsync(id, TaskState.Retrying);

        var reason = await pipeline.WhyAsync(id);

        Assert.Equal((TaskReasonCode.RetryDueLater, task.NextAttemptAt), (reason.Code, reason.Until));
        Assert.Matches("^Attempt 1 failed at .* UTC: InvalidOperationException.*no mail today. The next one is due in .* at .* UTC", reason.Message);
        Assert.InRange(reason.Since!.Value, task.CreatedAt.AddSeconds(-1), DateTimeOffset.UtcNow.AddSeconds(1));
    }

    [Fact]
    public async Task A_task_that_waits_names_the_tasks_before_it()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        var release = new TaskCompletionSource(); // so that the stop does not wait for it
        pipeline.Script.Greet = (_, _) => release.Task;
        var (before, after) = await pipeline.AddChainAsync(new Greet("a"), new Greet("b"));
        await pipeline.TaskAsync(before, TaskState.Running);

        var reason = await pipeline.WhyAsync(after);

        Assert.Equal((TaskReasonCode.WaitsForTasks, $"It waits for Greet {before}, which is Running."), (reason.Code, reason.Message));
        Assert.Equal([before], reason.Tasks);
        release.SetResult();
    }

    [Fact]
    public async Task A_blocked_task_names_the_failed_one_and_its_error()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        pipeline.Script.Greet = (_, _) => throw new InvalidOperationException("no mail today");
        var ids = await pipeline.InUnitAsync((IBackgroundTasks tasks) =>
        {
            var first = tasks.Add(new Greet("a"));
            var second = first.Then(new Greet("b"));
            return Task.FromResult((Guid[])[first.Id, second.Id, second.Then(new Greet("c")).Id]);
        });
        await pipeline.TaskAsync(ids[2], TaskState.Blocked);

        var reason = await pipeline.WhyAsync(ids[2]);

        Assert.Equal(TaskReasonCode.BlockedByTask, reason.Code);
        Assert.Matches($"^Greet {ids[0]}, which comes before it, failed at .* UTC: InvalidOperationException.*no mail today\\.$", reason.Message);
        Assert.Equal([ids[0]], reason.Tasks);
        Assert.Equal($"To go on: POST /tasks/{ids[0]}/retry. Or cancel this one: POST /tasks/{ids[2]}/cancel.", reason.Advice);
    }

    [Fact]
    public async Task A_page_with_too_many_tasks_before_it_gives_no_wrong_advice()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        pipeline.Script.Greet = (_, _) => throw new InvalidOperationException("no mail today");
        var ids = await pipeline.InUnitAsync((IBackgroundTasks tasks) =>
        {
            var last = tasks.Add(new Greet("a"));
            var all = new List<Guid> { last.Id };
            for (var i = 1; i < 150; i++) // 150 * 149 / 2 pairs of a task and one before it
            {
                last = last.Then(new Greet("b"));
                all.Add(last.Id);
            }

            return Task.FromResult(all);
        });
        await pipeline.TaskAsync(ids[^1], TaskState.Blocked);
        var page = (await pipeline.Services.GetRequiredService<ITaskStore>().ListAsync(new TaskQuery { States = [TaskState.Blocked], Limit = 200 })).Items;
        Assert.Equal(149, page.Count);

        var reasons = await pipeline.Services.GetRequiredService<ITaskReasons>().FindAllAsync(page);

        Assert.All(reasons.Values, reason => Assert.DoesNotContain("not in the database", reason.Message, StringComparison.Ordinal));
        Assert.All(reasons.Values.Where(reason => reason.Tasks.Count > 0), reason => Assert.Equal([ids[0]], reason.Tasks));
        Assert.Equal([ids[0]], reasons[ids[1]].Tasks);
        var cut = reasons[ids[^1]];
        Assert.Equal((TaskReasonCode.BlockedByTask, null), (cut.Code, cut.Advice));
        Assert.StartsWith("It is blocked: a task before it has failed or was cancelled", cut.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_task_blocked_by_a_cancelled_one_says_who_cancelled_it()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        var ids = await pipeline.InUnitAsync((IBackgroundTasks tasks) =>
        {
            var first = tasks.Add(new Greet("a"), delay: TimeSpan.FromHours(1));
            return Task.FromResult((Guid[])[first.Id, first.Then(new Greet("b")).Id]);
        });
        await pipeline.InUnitAsync((ITaskControl control) => control.CancelAsync(ids[0], "ann", SuccessorPolicy.Keep));

        var reason = await pipeline.WhyAsync(ids[1]);

        Assert.Equal((TaskReasonCode.BlockedByTask, "ann"), (reason.Code, reason.Who));
        Assert.StartsWith($"Greet {ids[0]}, which comes before it, was cancelled by ann at ", reason.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_paused_queue_is_said_with_who_paused_it_and_its_depth()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest, configure: o => o.Dispatch = UnderTest is SqliteUnderTest);
        await pipeline.QueueAsync("greet");
        await pipeline.ChangeAsync(c => c.PauseAsync("greet", "ann"));
        await pipeline.ChangeAsync(c => c.ChangeAsync("greet", new QueueChange { Priority = new(QueuePriority.High) }, "bob"));
        var ids = new[] { await pipeline.AddAsync(new Greet("a")), await pipeline.AddAsync(new Greet("b")), await pipeline.AddAsync(new Greet("c")) };

        var reason = await pipeline.WhyAsync(ids[1]);

        Assert.Contains("ueue greet is paused by ann", reason.Message, StringComparison.Ordinal);
        if (UnderTest is SqliteUnderTest)
        {
            Assert.Equal((TaskReasonCode.QueuePaused, "ann", "Resume it: POST /queues/greet/resume."), (reason.Code, reason.Who, reason.Advice));
            Assert.Matches("^Queue greet is paused by ann since .* UTC; 3 messages wait in it\\.$", reason.Message);
            Assert.Equal(1, await UnderTest.CountAsync("audit", "action = 'queue.pause'"));
        }
    }

    [Fact]
    public async Task Without_a_dispatcher_that_is_the_reason_and_the_pause_comes_behind()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest, configure: o => o.Dispatch = false);
        await pipeline.QueueAsync("greet");
        await pipeline.ChangeAsync(c => c.PauseAsync("greet", "ann"));
        var id = await pipeline.AddAsync(new Greet("a"));

        var reason = await pipeline.WhyAsync(id);

        Assert.Equal(TaskReasonCode.NoDispatcher, reason.Code);
        Assert.Matches("^No process that is alive dispatches the outbox, and its row has been due since .* UTC. Besides, queue greet is paused by ann.$", reason.Message);
    }

    [Fact]
    public async Task A_message_without_a_queue_says_when_it_is_tried_again()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        var id = await pipeline.AddAsync(new Orphan("o"));
        await Eventually.True(async () => await UnderTest.CountAsync("outbox", "attempts >= 1 AND last_error IS NOT NULL") == 1, "it was tried");

        var reason = await pipeline.WhyAsync(id);

        Assert.Equal(TaskReasonCode.Undeliverable, reason.Code);
        Assert.Matches("^Its message could not be sent: No queue takes messages of type Orphan.* It was tried \\d+ times?, is tried again .*and becomes a dead letter when that has gone on for 1 d.$", reason.Message);
    }

    [Fact]
    public async Task A_running_task_says_where_and_since_when()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        var release = new TaskCompletionSource(); // so that the stop does not wait for it
        pipeline.Script.Greet = (_, _) => release.Task;
        var id = await pipeline.AddAsync(new Greet("ann"));
        var task = await pipeline.TaskAsync(id, TaskState.Running);
        await pipeline.QueueAsync("greet");

        var reason = await pipeline.WhyAsync(id);

        Assert.Equal((TaskReasonCode.Running, task.StartedAt), (reason.Code, reason.Since));
        Assert.StartsWith($"Attempt 1 is running on {task.Worker} for ", reason.Message, StringComparison.Ordinal);
        release.SetResult();
    }

    [Fact]
    public async Task A_full_queue_says_how_many_are_in_flight()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        await pipeline.QueueAsync("count");
        await pipeline.ChangeAsync(c => c.ChangeAsync("count", new QueueChange { Concurrency = new(2) }, "ann"));
        await Eventually.True(async () => (await pipeline.QueueAsync("count")).Consumers[0].Concurrency == 2, "the limit holds");
        var release = new TaskCompletionSource();
        pipeline.Script.Count = (_, _) => release.Task;
        var running = new[] { await pipeline.AddAsync(new Count("1")), await pipeline.AddAsync(new Count("2")) };
        await pipeline.TaskAsync(running[0], TaskState.Running);
        await pipeline.TaskAsync(running[1], TaskState.Running);
        var id = await pipeline.AddAsync(new Count("3"));
        await Eventually.True(async () => await UnderTest.CountAsync("outbox", UnderTest is SqliteUnderTest ? "in_flight = 0" : "1 = 1") == 0, "all have left the store");

        var reason = await Eventually.Get(async () => await pipeline.WhyAsync(id) is { Code: TaskReasonCode.ConcurrencyLimit } full ? full : null, "the limit is reached");

        var waiting = UnderTest is SqliteUnderTest ? "1 message waits" : "0 messages wait"; // without it a message in memory has left the store
        Assert.Equal($"The limit of queue count is reached: 2 of 2 in flight in 1 process; {waiting} in it.", reason.Message);
        release.SetResult();
    }

    [Fact]
    public async Task A_rate_limit_says_what_the_workers_do()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        await pipeline.QueueAsync("count");
        await pipeline.ChangeAsync(c => c.ChangeAsync("count", new QueueChange { RateLimit = new(0.01) }, "ann"));
        await Eventually.True(async () => (await pipeline.QueueAsync("count")).Settings.RateLimit == 0.01, "the limit holds");
        await pipeline.AddAllAsync(Enumerable.Range(0, 5).Select(i => new Count($"{i}")));
        var id = await pipeline.AddAsync(new Count("last"));

        var reason = await Eventually.Get(async () => await pipeline.WhyAsync(id) is { Code: TaskReasonCode.RateLimit } limited ? limited : null, "the limit is reached");

        Assert.Equal("ann", reason.Who);
        Assert.Matches("^Queue count is limited to 0.01 messages a second by ann since .* UTC, and its workers did [0-9.]+ in their last interval", reason.Message);
    }

    [Fact]
    public async Task A_limit_is_of_who_changed_it_last()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        await pipeline.QueueAsync("count");
        await pipeline.ChangeAsync(c => c.ChangeAsync("count", new QueueChange { RateLimit = new(0.01) }, "ann"));
        await pipeline.ChangeAsync(c => c.ChangeAsync("count", new QueueChange { RateLimit = new(0.01), Concurrency = new(7) }, "bob"));
        await Eventually.True(async () => (await pipeline.QueueAsync("count")).Settings.RateLimit == 0.01, "the limit holds");
        await pipeline.AddAllAsync(Enumerable.Range(0, 5).Select(i => new Count($"{i}")));
        var id = await pipeline.AddAsync(new Count("last"));

        var reason = await Eventually.Get(async () => await pipeline.WhyAsync(id) is { Code: TaskReasonCode.RateLimit } limited ? limited : null, "the limit is reached");

        Assert.Equal("ann", reason.Who);
    }

    [Fact]
    public async Task A_dead_letter_says_its_error_and_how_to_redrive_it()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        pipeline.Script.Greet = (_, _) => throw new InvalidOperationException("no mail today");
        var id = await pipeline.AddAsync(new Greet("ann"));
        await pipeline.TaskAsync(id, TaskState.Failed);

        var reason = await pipeline.WhyAsync(id);

        Assert.Equal(TaskReasonCode.DeadLettered, reason.Code);
        Assert.Matches("^It was dead-lettered on greet at .* UTC after 1 attempt: InvalidOperationException.*no mail today.$", reason.Message);
        Assert.Matches("^Correct the cause, then redrive it: POST /dead-letters/[0-9a-f-]{36}/redrive", reason.Advice!);
    }

    [Fact]
    public async Task A_dropped_dead_letter_says_who_dropped_it()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        pipeline.Script.Greet = (_, _) => throw new InvalidOperationException("no mail today");
        var id = await pipeline.AddAsync(new Greet("ann"));
        await pipeline.TaskAsync(id, TaskState.Failed);
        await pipeline.InUnitAsync((IDeadLetterControl letters) => letters.DropAsync(new DeadLetterQuery { Queue = "greet" }, "bob"));

        var reason = await pipeline.WhyAsync(id);

        Assert.Equal((TaskReasonCode.Dropped, "bob"), (reason.Code, reason.Who));
        Assert.StartsWith("Its dead letter was dropped by bob at ", reason.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failed_task_without_a_dead_letter_says_that()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        pipeline.Script.Greet = (_, _) => throw new InvalidOperationException("no mail today");
        var id = await pipeline.AddAsync(new Greet("ann"));
        await pipeline.TaskAsync(id, TaskState.Failed);
        await UnderTest.ExecuteAsync($"DELETE FROM {UnderTest.NameOf("dead_letters")}");

        var reason = await pipeline.WhyAsync(id);

        Assert.Equal(TaskReasonCode.Failed, reason.Code);
        Assert.EndsWith("The database has no dead letter of it.", reason.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cancelled_chain_says_who_cancelled_it_and_with_what()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        var ids = await pipeline.InUnitAsync((IBackgroundTasks tasks) =>
        {
            var first = tasks.Add(new Greet("a"), delay: TimeSpan.FromHours(1));
            return Task.FromResult((Guid[])[first.Id, first.Then(new Greet("b")).Id]);
        });
        await pipeline.InUnitAsync((ITaskControl control) => control.CancelAsync(ids[0], "ann"));

        var (first, second) = (await pipeline.WhyAsync(ids[0]), await pipeline.WhyAsync(ids[1]));

        Assert.Equal((TaskReasonCode.Cancelled, "ann", "ann"), (first.Code, first.Who, second.Who));
        Assert.StartsWith("It was cancelled by ann at ", first.Message, StringComparison.Ordinal);
        Assert.StartsWith($"It was cancelled with Greet {ids[0]}, which it comes after, by ann at ", second.Message, StringComparison.Ordinal);
        Assert.Equal([ids[0]], second.Tasks);
    }

    [Fact]
    public async Task A_purged_task_says_who_purged_its_queue()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest, configure: o => o.Dispatch = false);
        await pipeline.QueueAsync("greet");
        var id = await pipeline.AddAsync(new Greet("a"));
        await pipeline.ChangeAsync(c => c.PurgeAsync("greet", 10, "ann"));

        var reason = await pipeline.WhyAsync(id);

        Assert.Equal((TaskReasonCode.Cancelled, "ann"), (reason.Code, reason.Who));
        Assert.StartsWith("It was purged from queue greet by ann at ", reason.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_task_that_succeeded_says_when_and_how_long_it_took()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        var id = await pipeline.AddAsync(new Greet("ann"));
        var task = await pipeline.TaskAsync(id, TaskState.Succeeded);

        var reason = await pipeline.WhyAsync(id);

        Assert.Equal((TaskReasonCode.Succeeded, task.FinishedAt), (reason.Code, reason.Since));
        Assert.Matches("^It succeeded at .* UTC, at attempt 1, which took .*\\.$", reason.Message);
        Assert.Null(reason.Advice);
    }

    [Fact]
    public async Task An_unknown_task_has_no_reason()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);

        Assert.Null(await pipeline.FindWhyAsync(Guid.NewGuid()));
    }
}
