using MassTransit;
using Messaging.Outbox.Tests.MassTransit.Pipeline;
using Messaging.Outbox.Tests.Stores;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Outbox.Tests.Control;

public sealed class SqliteLateSuccessorTests : LateSuccessorTests
{
    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();
}

public sealed class PostgresLateSuccessorTests : LateSuccessorTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();
}

/// <summary>Tasks that would wait for ever, or would be cancelled, because of how the one before them was added or ended.</summary>
public abstract class LateSuccessorTests : StoreSuite
{
    [Fact]
    public async Task A_committed_task_takes_no_successor()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        await using var scope = pipeline.Services.CreateAsyncScope();
        var (tasks, unit) = (scope.ServiceProvider.GetRequiredService<IBackgroundTasks>(), scope.ServiceProvider.GetRequiredService<IUnitOfWork>());
        var first = tasks.Add(new Greet("a"));
        await unit.CommitAsync();

        Assert.Throws<UnitOfWorkMisuseException>(() => first.Then(new Greet("b")));
        Assert.Throws<UnitOfWorkMisuseException>(() => tasks.WhenAll(first, tasks.Add(new Greet("c"))).Then(new Greet("b")));
        await unit.DiscardAsync();
    }

    [Fact]
    public async Task A_task_of_another_scope_takes_no_successor()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        await using var one = pipeline.Services.CreateAsyncScope();
        await using var two = pipeline.Services.CreateAsyncScope();
        var other = two.ServiceProvider.GetRequiredService<IBackgroundTasks>().Add(new Greet("a"));

        Assert.Throws<UnitOfWorkMisuseException>(() => one.ServiceProvider.GetRequiredService<IBackgroundTasks>().WhenAll(other).Then(new Greet("b")));

        await two.ServiceProvider.GetRequiredService<IUnitOfWork>().DiscardAsync();
    }

    [Fact]
    public async Task A_successor_of_a_discarded_task_is_not_stored()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        await using var scope = pipeline.Services.CreateAsyncScope();
        var (tasks, unit) = (scope.ServiceProvider.GetRequiredService<IBackgroundTasks>(), scope.ServiceProvider.GetRequiredService<IUnitOfWork>());
        var first = tasks.Add(new Greet("a"));
        await unit.DiscardAsync();
        first.Then(new Greet("b"));

        await Assert.ThrowsAsync<UnitOfWorkMisuseException>(() => unit.CommitAsync());

        await unit.DiscardAsync();
        Assert.Equal((0, 0), (await UnderTest.CountAsync("tasks"), await UnderTest.CountAsync("outbox")));
    }

    [Fact]
    public async Task Dropping_the_dead_letter_of_a_succeeded_task_cancels_nothing()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        var (fails, hold) = (true, new TaskCompletionSource());
        pipeline.Script.Greet = (context, _) => context.Message.Name switch
        {
            "a" when fails => throw new InvalidOperationException("no"),
            "b" => hold.Task,
            _ => Task.CompletedTask,
        };
        var (a, last) = await pipeline.InUnitAsync((IBackgroundTasks tasks) =>
        {
            var (one, two) = (tasks.Add(new Greet("a")), tasks.Add(new Greet("b")));
            return Task.FromResult((one.Id, tasks.WhenAll(one, two).Then(new Greet("last")).Id));
        });
        await pipeline.TaskAsync(a, TaskState.Failed);

        // Its worker died between the dead letter and the acknowledgement.
        fails = false;
        await pipeline.DeliverAsync(new Greet("a"), "greet", a, context =>
        {
            context.Headers.Set("Task-Id", a.ToString());
            context.Headers.Set("Task-Has-Successors", "true");
        });
        await pipeline.TaskAsync(a, TaskState.Succeeded);
        Assert.Equal(1, await pipeline.InUnitAsync((IDeadLetterControl failures) => failures.DropAsync(new DeadLetterQuery { TaskId = a }, "test")));
        hold.SetResult();

        await pipeline.TaskAsync(last, TaskState.Succeeded);
    }

    [Fact]
    public async Task A_second_cancellation_is_reported_again()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        var hold = new TaskCompletionSource();
        pipeline.Script.Greet = (_, _) => hold.Task;
        var id = await pipeline.AddAsync(new Greet("a"), TimeSpan.FromHours(1));
        await pipeline.CancelAsync(id);
        await pipeline.RetryAsync(id);
        await Eventually.True(() => pipeline.Script.Greets.Count == 1, "it runs"); // what put the message aside meanwhile is in the inbox, too
        var told = await UnderTest.CountAsync("inbox");

        await pipeline.CancelAsync(id);

        Assert.Equal(told + 1, await UnderTest.CountAsync("inbox"));
        hold.SetResult();
    }
}
