using Messaging.Outbox.Queues;
using Messaging.Outbox.SharedTasks;
using Messaging.Outbox.Store;
using Messaging.Outbox.Tests.MassTransit.Pipeline;
using Messaging.Outbox.Tests.Stores;
using Messaging.Outbox.Transport;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Outbox.Tests.SharedTasks;

public sealed class SqliteSharedTaskTests : SharedTaskTests
{
    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();
}

public sealed class PostgresSharedTaskTests : SharedTaskTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();
}

/// <summary>A message that several consumers take is one task: it ends when all of them have.</summary>
public abstract class SharedTaskTests : StoreSuite
{
    private static readonly Type[] TwoQueues = [typeof(BillConsumer), typeof(ShipConsumer)];
    private static readonly Type[] OneQueue = [typeof(PackConsumer), typeof(ShipConsumer)];

    private readonly OrderScript _script = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_task_succeeds_when_the_last_of_its_consumers_is_done(bool onOneQueue)
    {
        var slow = new TaskCompletionSource();
        _script.Consume = consumer => consumer == "ship" ? slow.Task : Task.CompletedTask;
        await using var pipeline = await OrderPipelines.StartAsync(UnderTest, _script, consumers: onOneQueue ? OneQueue : TwoQueues);

        var (id, after) = await AddChainAsync(pipeline);
        await Eventually.True(async () => await UnderTest.CountAsync("task_consumers") == 1, "one of them is done");
        var half = (await pipeline.Store.Own.QueryAsync("SELECT state FROM messaging.tasks WHERE id = $1", [id], r => (TaskState)r.GetInt16(0)))[0];
        Assert.True(half is TaskState.Queued or TaskState.Running, $"it is {half}");
        await pipeline.TaskAsync(after, TaskState.Waiting);
        slow.SetResult();

        await pipeline.TaskAsync(after, TaskState.Succeeded);
        var task = await pipeline.TaskAsync(id, TaskState.Succeeded);
        Assert.Equal((1, null), (task.Attempts, task.LastError));
        Assert.Equal((2, 0), (await UnderTest.CountAsync("things"), await UnderTest.CountAsync("task_consumers")));
        Assert.Single(pipeline.Script.Greets);
        await Eventually.True(async () => await UnderTest.CountAsync("outbox") == 0, "nothing is left of it");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_dead_lettered_consumer_fails_the_task_until_it_is_redriven(bool onOneQueue)
    {
        var fails = true;
        _script.Consume = consumer => fails && consumer == "ship" ? throw new InvalidOperationException("no ship") : Task.CompletedTask;
        await using var pipeline = await OrderPipelines.StartAsync(
            UnderTest, _script, PipelineUnderTest.Quick(immediate: 1, delayed: 1), consumers: onOneQueue ? OneQueue : TwoQueues);

        var (id, after) = await AddChainAsync(pipeline);
        var failed = await pipeline.TaskAsync(id, TaskState.Failed);
        Assert.Contains("no ship", failed.LastError, StringComparison.Ordinal);
        await pipeline.TaskAsync(after, TaskState.Blocked);
        await Eventually.True(async () => await UnderTest.CountAsync("things") == 1 && await UnderTest.CountAsync("outbox") == 1, "the other one is done");
        fails = false;
        await pipeline.RetryAsync(id);

        await pipeline.TaskAsync(after, TaskState.Succeeded);
        await pipeline.TaskAsync(id, TaskState.Succeeded);
        Assert.Equal((2, 1), (await UnderTest.CountAsync("things"), _script.Consumed.Count(c => c != "ship")));
        Assert.Equal(4, await UnderTest.CountAsync("task_attempts"));
        Assert.Single(pipeline.Script.Greets);
    }

    [Fact]
    public async Task A_task_with_two_dead_letters_stays_failed_until_both_are_redriven()
    {
        var fails = true;
        _script.Consume = _ => fails ? throw new InvalidOperationException("no") : Task.CompletedTask;
        await using var pipeline = await OrderPipelines.StartAsync(UnderTest, _script, consumers: TwoQueues);
        var (id, after) = await AddChainAsync(pipeline);
        await Eventually.True(async () => await UnderTest.CountAsync("dead_letters", "state = 0") == 2, "both are dead-lettered");
        fails = false;

        await pipeline.InUnitAsync((IDeadLetterControl failures) => failures.RedriveAsync(new DeadLetterQuery { Queue = "bill" }, "test"));
        await Eventually.True(async () => await UnderTest.CountAsync("things") == 1 && await UnderTest.CountAsync("outbox") == 1, "one is done");
        await pipeline.TaskAsync(id, TaskState.Failed);
        await pipeline.TaskAsync(after, TaskState.Blocked);
        await pipeline.InUnitAsync((IDeadLetterControl failures) => failures.RedriveAsync(new DeadLetterQuery { Queue = "ship" }, "test"));

        await pipeline.TaskAsync(after, TaskState.Succeeded);
        Assert.Equal(2, (await pipeline.TaskAsync(id, TaskState.Succeeded)).Redrives);
        Assert.Single(pipeline.Script.Greets);
    }

    [Fact]
    public async Task Two_dead_lettered_consumers_of_one_queue_leave_nothing_behind()
    {
        _script.Consume = _ => throw new InvalidOperationException("no");
        await using var pipeline = await OrderPipelines.StartAsync(UnderTest, _script, PipelineUnderTest.Quick(delayed: 1), consumers: OneQueue);

        var id = await pipeline.AddAsync(new Order("o"));

        await pipeline.TaskAsync(id, TaskState.Failed);
        await Eventually.True(async () => await UnderTest.CountAsync("outbox") == 0, "nothing is left of it");
        Assert.Equal((1, 0), (await UnderTest.CountAsync("dead_letters"), await UnderTest.CountAsync("things")));
    }

    [Fact]
    public async Task A_message_with_one_consumer_has_no_header_about_it()
    {
        await using var pipeline = await OrderPipelines.StartAsync(UnderTest, _script, consumers: [typeof(BillConsumer)]);

        await pipeline.TaskAsync(await pipeline.AddAsync(new Order("o")), TaskState.Succeeded);

        var received = Assert.Single(await pipeline.ConsumedAsync<Order>());
        Assert.False(received.Context.ReceiveContext.TransportHeaders.TryGetHeader("Task-Consumers", out _));
        Assert.Equal(0, await UnderTest.CountAsync("task_consumers"));
    }

    [Fact]
    public async Task A_queue_without_workers_is_not_waited_for()
    {
        var hold = new TaskCompletionSource();
        _script.Consume = _ => hold.Task;
        await using var pipeline = await OrderPipelines.StartAsync(UnderTest, _script, configure: o => o.ConsumerGoneAfter = TimeSpan.FromSeconds(1), consumers: [typeof(BillConsumer)]);
        await Eventually.True(async () => await UnderTest.CountAsync("queues", "name = 'bill'") == 1, "the queue is reported");
        await UnderTest.ExecuteAsync(
            """
            INSERT INTO queues (name, message_types, default_priority, updated_at, seen_at)
            SELECT 'gone', message_types, 1, updated_at, seen_at FROM queues WHERE name = 'bill'
            """);
        var directory = pipeline.Services.GetRequiredService<QueueDirectory>();
        await Eventually.True(() => !directory.IsGone("gone"), "the other queue is known");

        var (id, after) = await AddChainAsync(pipeline);
        await Eventually.True(() => !_script.Consumed.IsEmpty, "it has begun");
        hold.SetResult();
        await Eventually.True(
            async () => (await pipeline.Services.GetRequiredService<ITaskStore>().FindAsync(id))?.LastError == "Some consumers are done; those on gone are not.", "it says whom it waits for");
        await pipeline.TaskAsync(after, TaskState.Waiting);
        await UnderTest.ExecuteAsync("UPDATE queues SET seen_at = NULL WHERE name = 'gone'");

        await pipeline.TaskAsync(id, TaskState.Succeeded);
        await pipeline.TaskAsync(after, TaskState.Succeeded);
    }

    [Fact]
    public async Task A_queue_that_a_wrong_clock_has_reported_is_reported_again()
    {
        await using var pipeline = await OrderPipelines.StartAsync(UnderTest, _script, consumers: [typeof(BillConsumer)]);
        await Eventually.True(async () => await UnderTest.CountAsync("queues", "name = 'bill'") == 1, "the queue is reported");
        var (now, store) = (DateTimeOffset.UtcNow, UnderTest.Own);

        await pipeline.InUnitAsync((IUnitOfWork unit) => Task.FromResult(
            unit.Execute($"UPDATE {UnderTest.NameOf("queues")} SET seen_at = $1 WHERE name = 'bill'", new StoreTime(now.AddDays(40)))));

        await Eventually.True(
            async () => (await store.QueryAsync("SELECT 1 FROM messaging.queues WHERE seen_at > $1", [new StoreTime(now.AddDays(1))], _ => true)).Count == 0, "its time is right");
    }

    [Fact]
    public async Task A_retry_of_one_consumer_does_not_hide_anothers_dead_letter()
    {
        var message = Work.Message() with { TaskKind = "T" };
        await UnderTest.Store.Commits.CommitAsync([Work.With(message)], lockWait: null, default);
        var expected = ExpectedConsumers.Parse("bill;ship")!;
        var retry = Work.With(new TaskOutcome(message.MessageId, TaskState.Retrying, 1, DateTimeOffset.UtcNow)
        {
            RetryDelay = TimeSpan.FromHours(1),
            Share = new TaskShare(Guid.NewGuid(), "bill", expected),
        });
        var failure = Work.With(new TaskOutcome(message.MessageId, TaskState.Failed, 1, DateTimeOffset.UtcNow)
        {
            Error = "no",
            Share = new TaskShare(ConsumerId: null, "ship", expected),
        });

        await UnderTest.Store.Commits.CommitAsync([retry, failure], lockWait: null, default);

        Assert.Equal(1, await UnderTest.CountAsync("tasks", $"state = {(int)TaskState.Failed} AND last_error = 'no' AND next_attempt_at IS NULL"));
    }

    private static Task<(Guid Id, Guid After)> AddChainAsync(PipelineUnderTest pipeline) => pipeline.InUnitAsync((IBackgroundTasks tasks) =>
    {
        var task = tasks.Add(new Order("o"));
        return Task.FromResult((task.Id, task.Then(new Greet("after")).Id));
    });
}
