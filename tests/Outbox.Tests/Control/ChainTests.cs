using System.Collections.Concurrent;
using Messaging.Outbox.Store;
using Messaging.Outbox.Tests.MassTransit.Pipeline;
using Messaging.Outbox.Tests.Stores;
using Messaging.Outbox.Transport;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Outbox.Tests.Control;

public sealed class SqliteChainTests : ChainTests
{
    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();
}

public sealed class PostgresChainTests : ChainTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();
}

/// <summary>Tasks that come after others.</summary>
public abstract class ChainTests : StoreSuite
{
    [Fact]
    public async Task Tasks_in_order_run_one_after_another()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        var steps = new ConcurrentQueue<string>(); // a task's end has the database's time, its start the process's
        pipeline.Script.Greet = async (context, _) =>
        {
            steps.Enqueue($"{context.Message.Name} begins");
            await Task.Delay(50);
            steps.Enqueue($"{context.Message.Name} ends");
        };

        var ids = await pipeline.InUnitAsync((IBackgroundTasks tasks) => Task.FromResult(Chain(tasks, "a", "b", "c")));

        await pipeline.TaskAsync(ids[2], TaskState.Succeeded);
        Assert.Equal(["a begins", "a ends", "b begins", "b ends", "c begins", "c ends"], steps);
        await Task.WhenAll(ids.Select(id => pipeline.TaskAsync(id, TaskState.Succeeded)));
    }

    [Fact]
    public async Task A_failure_blocks_successors_until_it_is_redriven()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        var fails = true;
        pipeline.Script.Greet = (context, _) => fails && context.Message.Name == "a" ? throw new InvalidOperationException("no") : Task.CompletedTask;

        var ids = await pipeline.InUnitAsync((IBackgroundTasks tasks) => Task.FromResult(Chain(tasks, "a", "b", "c")));
        await pipeline.TaskAsync(ids[0], TaskState.Failed);
        await pipeline.TaskAsync(ids[1], TaskState.Blocked);
        await pipeline.TaskAsync(ids[2], TaskState.Blocked);
        fails = false;
        await pipeline.RetryAsync(ids[0]);

        await pipeline.TaskAsync(ids[2], TaskState.Succeeded);
        Assert.Equal(["a", "a", "b", "c"], pipeline.Script.Greets.Select(g => g.Message.Name));
    }

    [Fact]
    public async Task A_successor_of_a_group_starts_once_all_of_it_succeeded()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        var fails = true;
        pipeline.Script.Greet = (context, _) => fails && context.Message.Name == "7" ? throw new InvalidOperationException("no") : Task.CompletedTask;

        var (group, last) = await pipeline.InUnitAsync((IBackgroundTasks tasks) =>
        {
            var all = Enumerable.Range(0, 20).Select(i => tasks.Add(new Greet($"{i}"))).ToList();
            return Task.FromResult((all.ConvertAll(t => t.Id), tasks.WhenAll(all).Then(new Greet("last")).Id));
        });
        await pipeline.TaskAsync(group[7], TaskState.Failed);
        await Eventually.True(async () => await UnderTest.CountAsync("tasks", "state = 3") == 19, "all others have succeeded");
        await pipeline.TaskAsync(last, TaskState.Blocked);
        fails = false;
        await pipeline.RetryAsync(group[7]);

        await pipeline.TaskAsync(last, TaskState.Succeeded);
        Assert.Equal(1, pipeline.Script.Greets.Count(g => g.Message.Name == "last"));
        Assert.Equal("last", pipeline.Script.Greets.Last().Message.Name);
    }

    [Fact]
    public async Task A_task_after_two_failed_ones_waits_for_both_redrives()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        var fails = "ab";
        pipeline.Script.Greet = (context, _) =>
            fails.Contains(context.Message.Name, StringComparison.Ordinal) ? throw new InvalidOperationException("no") : Task.CompletedTask;
        var (a, b, last) = await pipeline.InUnitAsync((IBackgroundTasks tasks) =>
        {
            var (one, two) = (tasks.Add(new Greet("a")), tasks.Add(new Greet("b")));
            return Task.FromResult((one.Id, two.Id, tasks.WhenAll(one, two).Then(new Greet("last")).Id));
        });
        await pipeline.TaskAsync(a, TaskState.Failed);
        await pipeline.TaskAsync(b, TaskState.Failed);
        fails = "";

        await pipeline.RetryAsync(a);
        await pipeline.TaskAsync(a, TaskState.Succeeded);
        await pipeline.TaskAsync(last, TaskState.Blocked);
        await pipeline.RetryAsync(b);

        await pipeline.TaskAsync(last, TaskState.Succeeded);
    }

    [Fact]
    public async Task A_task_does_not_wait_for_one_that_failed_and_is_gone()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        var fails = true;
        pipeline.Script.Greet = (_, _) => fails ? throw new InvalidOperationException("no") : Task.CompletedTask;
        var (a, b, both, last) = await pipeline.InUnitAsync((IBackgroundTasks tasks) =>
        {
            var (one, two) = (tasks.Add(new Greet("a")), tasks.Add(new Greet("b")));
            var both = tasks.WhenAll(one, two).Then(new Greet("both"));
            return Task.FromResult((one.Id, two.Id, both.Id, both.Then(new Greet("last")).Id));
        });
        await pipeline.TaskAsync(a, TaskState.Failed);
        await pipeline.TaskAsync(b, TaskState.Failed);
        await UnderTest.ExecuteAsync($"DELETE FROM {UnderTest.NameOf("tasks")} WHERE lower(CAST(id AS text)) = '{a}'"); // its retention is over
        fails = false;

        await pipeline.RetryAsync(b);

        await pipeline.TaskAsync(b, TaskState.Succeeded);
        await pipeline.TaskAsync(both, TaskState.Blocked); // until its own retention is over
        await pipeline.TaskAsync(last, TaskState.Blocked);
    }

    [Fact]
    public async Task A_second_consumer_of_a_task_does_not_start_successors()
    {
        var (a, b, last) = (Work.Message() with { TaskKind = "T" }, Work.Message() with { TaskKind = "T" }, Work.Message());
        var after = new StagingOptions { Id = last.MessageId, Predecessors = [new() { Id = a.MessageId }, new() { Id = b.MessageId }] };
        var work = Work.With(a);
        work.Add(b);
        work.Add(last with { TaskKind = "T", Options = after });
        await UnderTest.Store.Commits.CommitAsync([work], lockWait: null, default);

        foreach (var _ in (int[])[1, 2]) // two consumers, two inbox keys
        {
            var done = Work.With(Work.Key());
            done.Outcomes.Add(new TaskOutcome(a.MessageId, TaskState.Succeeded, 1, DateTimeOffset.UtcNow) { HasSuccessors = true });
            await UnderTest.Store.Commits.CommitAsync([done], lockWait: null, default);
        }

        Assert.Equal(1, await UnderTest.CountAsync("tasks", "state = 6 AND pending = 1"));
    }

    [Fact]
    public async Task Cancelling_with_keep_blocks_successors_until_they_are_cancelled()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        var ids = await AddDelayedChainAsync(pipeline);

        var outcome = await pipeline.InUnitAsync((ITaskControl control) => control.CancelAsync(ids[0], "test", SuccessorPolicy.Keep));
        Assert.Equal(0, outcome.Successors);
        Assert.Equal($"Task {ids[0]} before it has not succeeded.", (await pipeline.TaskAsync(ids[1], TaskState.Blocked)).LastError);
        await pipeline.TaskAsync(ids[2], TaskState.Blocked);
        await pipeline.CancelAsync(ids[1]);

        await pipeline.TaskAsync(ids[1], TaskState.Cancelled);
        await pipeline.TaskAsync(ids[2], TaskState.Cancelled);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task A_retry_of_any_task_brings_back_a_cancelled_chain(int retried)
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        var ids = await AddDelayedChainAsync(pipeline);

        var cancelled = await pipeline.CancelAsync(ids[0]);
        Assert.Equal((ControlResult.Done, 2), (cancelled.Result, cancelled.Successors));
        foreach (var after in ids[1..])
        {
            Assert.Equal($"Cancelled with task {ids[0]}, which it comes after.", (await pipeline.TaskAsync(after, TaskState.Cancelled)).LastError);
        }

        Assert.Equal(1, await UnderTest.CountAsync("audit", $"action = 'task.cancel' AND target = '{ids[0]}' AND details LIKE '%2%'"));
        Assert.Equal(0, (await pipeline.Services.GetRequiredService<IQueueStore>().FindAsync("greet"))?.Delayed ?? 0);
        var revived = await pipeline.RetryAsync(ids[retried]);

        Assert.Equal((ControlResult.Done, 2), (revived.Result, revived.Successors));
        Assert.Null((await pipeline.TaskAsync(ids[2], TaskState.Succeeded)).LastError);
        Assert.Equal(["a", "b", "c"], pipeline.Script.Greets.Select(g => g.Message.Name));
        await Eventually.True(async () => await UnderTest.CountAsync("outbox") == 0, "nothing is left of it");
    }

    [Fact]
    public async Task A_cancelled_task_in_a_chain_comes_back_after_its_predecessor()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        var ids = await AddDelayedChainAsync(pipeline);
        Assert.Equal(1, (await pipeline.CancelAsync(ids[1])).Successors);
        await pipeline.RetryAsync(ids[0]);
        await pipeline.TaskAsync(ids[0], TaskState.Succeeded);

        await pipeline.RetryAsync(ids[1]);

        await pipeline.TaskAsync(ids[2], TaskState.Succeeded);
        Assert.Equal(["a", "b", "c"], pipeline.Script.Greets.Select(g => g.Message.Name));
    }

    [Fact]
    public async Task A_chain_can_be_cancelled_and_retried_while_its_first_task_runs()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        pipeline.Script.Greet = (context, _) => Task.Delay(Timeout.Infinite, context.CancellationToken);
        var ids = await pipeline.InUnitAsync((IBackgroundTasks tasks) => Task.FromResult(Chain(tasks, "a", "b", "c")));
        await pipeline.TaskAsync(ids[0], TaskState.Running);
        await pipeline.CancelAsync(ids[0]);
        await Eventually.True(async () => await UnderTest.CountAsync("outbox", $"lower(CAST(message_id AS text)) = '{ids[0]}' AND waiting = 2") == 1, "its message is put aside");
        pipeline.Script.Greet = (_, _) => Task.CompletedTask;

        Assert.Equal(ControlResult.Done, (await pipeline.RetryAsync(ids[0])).Result);

        await pipeline.TaskAsync(ids[2], TaskState.Succeeded);
        await Eventually.True(async () => await UnderTest.CountAsync("outbox") == 0, "nothing is left of it");
    }

    [Fact]
    public async Task Dropping_a_dead_letter_cancels_successors_that_cannot_start()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        pipeline.Script.Greet = (_, _) => throw new InvalidOperationException("no");
        var ids = await pipeline.InUnitAsync((IBackgroundTasks tasks) => Task.FromResult(Chain(tasks, "a", "b", "c")));
        await pipeline.TaskAsync(ids[0], TaskState.Failed);

        await pipeline.InUnitAsync((IDeadLetterControl failures) => failures.DropAsync(new DeadLetterQuery { TaskId = ids[0] }, "test"));

        await pipeline.TaskAsync(ids[1], TaskState.Cancelled);
        Assert.Equal($"Cancelled with task {ids[0]}, which it comes after.", (await pipeline.TaskAsync(ids[2], TaskState.Cancelled)).LastError);
        await pipeline.TaskAsync(ids[0], TaskState.Failed);
        Assert.Equal((1, 1), (await NotesOf(ids[1]), await NotesOf(ids[2]))); // an event stream goes by these
    }

    [Fact]
    public async Task A_task_that_is_cancelled_again_is_reported_again()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        var ids = await AddDelayedChainAsync(pipeline);

        await pipeline.CancelAsync(ids[1]);
        await pipeline.RetryAsync(ids[1]);
        await pipeline.TaskAsync(ids[2], TaskState.Waiting);
        await pipeline.CancelAsync(ids[1]);

        await pipeline.TaskAsync(ids[2], TaskState.Cancelled);
        Assert.Equal(2, await NotesOf(ids[2]));
    }

    private Task<long> NotesOf(Guid task) => UnderTest.CountAsync("inbox", $"lower(CAST(message_id AS text)) = '{task}'");

    private static Task<Guid[]> AddDelayedChainAsync(PipelineUnderTest pipeline) => pipeline.InUnitAsync((IBackgroundTasks tasks) =>
    {
        var first = tasks.Add(new Greet("a"), delay: TimeSpan.FromHours(1));
        var second = first.Then(new Greet("b"));
        return Task.FromResult(new[] { first.Id, second.Id, second.Then(new Greet("c")).Id });
    });

    [Fact]
    public async Task A_successor_of_a_task_that_was_not_stored_is_not_stored()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        await UnderTest.ExecuteAsync("INSERT INTO things (name) VALUES ('there')");

        await using var scope = pipeline.Services.CreateAsyncScope();
        var unit = scope.ServiceProvider.GetRequiredService<IUnitOfWork>();
        var tasks = scope.ServiceProvider.GetRequiredService<IBackgroundTasks>();
        var insert = unit.Execute("INSERT INTO things (name) VALUES ('there') ON CONFLICT (name) DO NOTHING");
        tasks.Add(new Greet("created"), onlyIf: insert.Affected).Then(new Greet("after created"));
        tasks.Add(new Greet("repeated"), onlyIf: insert.AffectedNothing).Then(new Greet("after repeated"));
        await unit.CommitAsync();

        await Eventually.True(async () => await UnderTest.CountAsync("tasks", "state = 3") == 2, "two have succeeded");
        Assert.Equal(["repeated", "after repeated"], pipeline.Script.Greets.Select(g => g.Message.Name));
    }

    private static Guid[] Chain(IBackgroundTasks tasks, string a, string b, string c)
    {
        var first = tasks.Add(new Greet(a));
        var second = first.Then(new Greet(b));
        return [first.Id, second.Id, second.Then(new Greet(c)).Id];
    }
}
