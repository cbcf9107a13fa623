using Messaging.Outbox.Tests.MassTransit.Pipeline;
using Messaging.Outbox.Tests.Stores;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Outbox.Tests.Control;

public sealed class SqliteCancelTests : CancelTests
{
    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();
}

public sealed class PostgresCancelTests : CancelTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();
}

/// <summary>What it means to cancel a task, in each of its states.</summary>
public abstract class CancelTests : StoreSuite
{
    [Fact]
    public async Task A_task_that_is_cancelled_while_it_waits_never_starts()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        var id = await pipeline.AddAsync(new Greet("ann"), delay: TimeSpan.FromHours(1));

        var outcome = await pipeline.CancelAsync(id);

        Assert.Equal(new ControlOutcome(ControlResult.Done, TaskState.Scheduled), outcome);
        Assert.NotNull((await pipeline.TaskAsync(id, TaskState.Cancelled)).FinishedAt);
        Assert.Equal((1, 1), (await UnderTest.CountAsync("outbox"), await UnderTest.CountAsync("outbox", "waiting = 2")));
        Assert.Equal(1, await UnderTest.CountAsync("audit", $"who = 'test' AND action = 'task.cancel' AND target = '{id}' AND from_state = 'Scheduled'"));
    }

    [Fact]
    public async Task A_message_of_a_cancelled_task_is_acknowledged_without_an_attempt()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        var id = await pipeline.AddAsync(new Greet("ann"), delay: TimeSpan.FromHours(1));
        await pipeline.CancelAsync(id);

        await pipeline.DeliverAsync(new Greet("ann"), "greet", id, context => context.Headers.Set("Task-Id", id.ToString()));
        await pipeline.TaskAsync(await pipeline.AddAsync(new Greet("fence")), TaskState.Succeeded);

        Assert.Equal("fence", Assert.Single(pipeline.Script.Greets).Message.Name);
    }

    [Fact]
    public async Task Cancelling_a_running_task_cancels_its_token_and_leaves_no_effect()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest, PipelineUnderTest.Quick(immediate: 3, delayed: 3));
        pipeline.Script.Greet = async (context, provider) =>
        {
            Insert(provider);
            await Task.Delay(Timeout.Infinite, context.CancellationToken);
        };
        var id = await pipeline.AddAsync(new Greet("ann"));
        await pipeline.TaskAsync(id, TaskState.Running);

        await pipeline.CancelAsync(id);

        await Eventually.True(async () => await UnderTest.CountAsync("outbox", "waiting <> 2") == 0, "nothing is on its way");
        pipeline.Script.Greet = (_, _) => Task.CompletedTask;
        await pipeline.TaskAsync(await pipeline.AddAsync(new Greet("fence")), TaskState.Succeeded);
        Assert.Equal(TaskState.Cancelled, (await pipeline.TaskAsync(id, TaskState.Cancelled)).State);
        Assert.Equal(2, pipeline.Script.Greets.Count);
        Assert.Equal((0, 0), (await UnderTest.CountAsync("things"), await UnderTest.CountAsync("dead_letters")));
    }

    [Fact]
    public async Task A_consumer_that_ignores_cancellation_commits_nothing()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        var (started, go) = (new TaskCompletionSource(), new TaskCompletionSource());
        pipeline.Script.Greet = async (_, provider) =>
        {
            Insert(provider);
            started.TrySetResult();
            await go.Task;
        };
        var id = await pipeline.AddAsync(new Greet("ann"));
        await started.Task;

        await pipeline.CancelAsync(id);
        go.SetResult();

        pipeline.Script.Greet = (_, _) => Task.CompletedTask;
        await pipeline.TaskAsync(await pipeline.AddAsync(new Greet("fence")), TaskState.Succeeded);
        await Eventually.True(async () => await UnderTest.CountAsync("outbox", "waiting <> 2") == 0, "nothing is on its way");
        await pipeline.TaskAsync(id, TaskState.Cancelled);
        Assert.Equal(0, await UnderTest.CountAsync("things"));
    }

    [Fact]
    public async Task Cancelling_one_of_many_in_flight_harms_no_other()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        var (started, go) = (new TaskCompletionSource(), new TaskCompletionSource());
        pipeline.Script.Count = async (context, provider) =>
        {
            provider.GetRequiredService<IUnitOfWork>().Execute("INSERT INTO things (name) VALUES ($1)", context.Message.Name);
            if (context.Message.Name == "3")
            {
                started.TrySetResult();
            }

            await go.Task;
        };
        var ids = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => pipeline.AddAsync(new Count($"{i}"))));
        await started.Task;

        await pipeline.CancelAsync(ids[3]);
        go.SetResult();

        foreach (var id in ids.Where((_, i) => i != 3))
        {
            await pipeline.TaskAsync(id, TaskState.Succeeded);
        }

        Assert.Equal((9, 0), (await UnderTest.CountAsync("things"), await UnderTest.CountAsync("things", "name = '3'")));
        await pipeline.TaskAsync(ids[3], TaskState.Cancelled);
    }

    [Fact]
    public async Task An_ended_task_is_not_cancelled_and_a_second_order_does_nothing()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        var done = await pipeline.AddAsync(new Greet("ann"));
        await pipeline.TaskAsync(done, TaskState.Succeeded);
        var waiting = await pipeline.AddAsync(new Greet("bob"), delay: TimeSpan.FromHours(1));
        await pipeline.CancelAsync(waiting);

        Assert.Equal(new ControlOutcome(ControlResult.Refused, TaskState.Succeeded), await pipeline.CancelAsync(done));
        Assert.Equal(new ControlOutcome(ControlResult.Unchanged, TaskState.Cancelled), await pipeline.CancelAsync(waiting));
        Assert.Equal(new ControlOutcome(ControlResult.NotFound, null), await pipeline.CancelAsync(Guid.NewGuid()));
        Assert.Equal(1, await UnderTest.CountAsync("audit"));
    }

    private static void Insert(IServiceProvider provider) =>
        provider.GetRequiredService<IUnitOfWork>().Execute("INSERT INTO things (name) VALUES ('effect')");
}
