using MassTransit;
using Messaging.Outbox.Tests.MassTransit.Pipeline;
using Messaging.Outbox.Tests.Stores;
using Messaging.Outbox.Tests.Telemetry;
using Messaging.Outbox.Undelivered;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Outbox.Tests.Undelivered;

public sealed class SqliteUndeliveredTests : UndeliveredTests
{
    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();
}

public sealed class PostgresUndeliveredTests : UndeliveredTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();
}

/// <summary>No consumer takes it.</summary>
public sealed record Orphan(string Name);

/// <summary>Messages for which there is no queue.</summary>
public abstract class UndeliveredTests : StoreSuite
{
    private const string Error = "No queue takes messages of type Orphan: no worker with a consumer for it has been started yet.";

    [Fact]
    public async Task A_task_without_a_queue_is_reported_at_once_and_waits()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);

        var id = await pipeline.AddAsync(new Orphan("o"));

        await Eventually.True(async () => (await FindAsync(pipeline, id)).LastError == Error, "it says why");
        Assert.Equal((TaskState.Queued, 0), ((await FindAsync(pipeline, id)).State, (await FindAsync(pipeline, id)).Attempts));
        await Eventually.True(async () => await UnderTest.CountAsync("outbox", "attempts >= 1") == 1, "it is tried again");
        Assert.Equal(0, await UnderTest.CountAsync("dead_letters"));
    }

    [Fact]
    public async Task A_task_without_a_queue_for_too_long_is_a_dead_letter()
    {
        var (id, after) = (Guid.Empty, Guid.Empty);
        await using (var pipeline = await PipelineUnderTest.StartAsync(UnderTest, configure: o => o.UndeliverableAfter = TimeSpan.FromSeconds(1)))
        {
            (id, after) = await pipeline.InUnitAsync((IBackgroundTasks tasks) =>
            {
                var task = tasks.Add(new Orphan("o"));
                return Task.FromResult((task.Id, task.Then(new Greet("after")).Id));
            });

            var task = await pipeline.TaskAsync(id, TaskState.Failed);
            Assert.Equal((Error, true), (task.LastError, task.FinishedAt is not null));
            await pipeline.TaskAsync(after, TaskState.Blocked);
            Assert.Equal(0, await UnderTest.CountAsync("outbox", $"message_id = '{id}'"));
            var letter = Assert.Single((await pipeline.Services.CreateScope().ServiceProvider.GetRequiredService<IDeadLetterControl>().ListAsync(new DeadLetterQuery(), DeadLetterState.Dead, null, 10)).Items);
            Assert.Equal((DeadLetterReason.Undelivered, id, "Orphan", Error), (letter.Reason, letter.TaskId, letter.MessageType, letter.Error));
            await pipeline.RetryAsync(id);
            await Eventually.True(async () => await UnderTest.CountAsync("dead_letters") == 2, "it is one again");
            await pipeline.TaskAsync(id, TaskState.Failed);
        }

        // A version with the consumer.
        await using var later = await PipelineUnderTest.StartAsync(UnderTest, addConsumers: x => x.AddConsumer<OrphanConsumer>());
        await later.RetryAsync(id);
        await later.TaskAsync(id, TaskState.Succeeded);
        await later.TaskAsync(after, TaskState.Succeeded);
    }

    [Fact]
    public async Task A_missing_queue_is_named_though_another_takes_the_type()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);

        var id = await pipeline.InUnitAsync(async (ISendEndpointProvider endpoints) =>
        {
            var id = NewId.NextSequentialGuid();
            await (await endpoints.GetSendEndpoint(new Uri("queue:greeet"))).Send(new Greet("a"), context => context.MessageId = id);
            return id;
        });

        await Eventually.True(async () => (await FindAsync(pipeline, id)).LastError == "There is no queue greeet.", "it says why");
    }

    [Fact]
    public async Task A_message_for_a_missing_queue_names_the_queue()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);

        var id = await pipeline.InUnitAsync(async (ISendEndpointProvider endpoints) =>
        {
            var id = NewId.NextSequentialGuid();
            await (await endpoints.GetSendEndpoint(new Uri("queue:gone"))).Send(new Orphan("o"), context => context.MessageId = id);
            return id;
        });

        await Eventually.True(async () => (await FindAsync(pipeline, id)).LastError == "There is no queue gone.", "it says why");
    }

    [Fact]
    public async Task An_event_without_a_subscriber_is_dropped_and_counted()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        using var measured = new Measured(pipeline.Services);
        pipeline.Script.Greet = (context, _) => context.Publish(new Orphan("event"));

        await pipeline.TaskAsync(await pipeline.AddAsync(new Greet("one")), TaskState.Succeeded);
        await pipeline.TaskAsync(await pipeline.AddAsync(new Greet("two")), TaskState.Succeeded);

        await Eventually.True(async () => await UnderTest.CountAsync("outbox") == 0 && measured.Sum("outbox.messages.unsubscribed", "type=Orphan") == 2, "they are dropped");
        Assert.Equal(0, await UnderTest.CountAsync("dead_letters"));
    }

    [Fact]
    public async Task A_task_that_has_failed_does_not_keep_its_key()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest, configure: o => o.UndeliverableAfter = TimeSpan.FromSeconds(5)); // the last two are added within it
        var id = await AddUniqueAsync();
        await pipeline.TaskAsync(id, TaskState.Failed);

        var again = await AddUniqueAsync();

        Assert.NotEqual(id, again);
        Assert.Equal(again, await AddUniqueAsync());

        Task<Guid> AddUniqueAsync() => pipeline.InUnitAsync((IBackgroundTasks tasks) => tasks.AddUniqueAsync(new Orphan("o"), "key", TimeSpan.FromDays(1)));
    }

    private static async Task<TaskRecord> FindAsync(PipelineUnderTest pipeline, Guid id) =>
        (await pipeline.Services.GetRequiredService<ITaskStore>().FindAsync(id))!;

    private sealed class OrphanConsumer : IConsumer<Orphan>
    {
        public Task Consume(ConsumeContext<Orphan> context) => Task.CompletedTask;
    }
}
