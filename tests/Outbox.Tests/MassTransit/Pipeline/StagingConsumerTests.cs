using Messaging.Outbox.Tests.Stores;

namespace Messaging.Outbox.Tests.MassTransit.Pipeline;

public sealed class SqliteStagingConsumerTests : StagingConsumerTests
{
    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();
}

public sealed class PostgresStagingConsumerTests : StagingConsumerTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();
}

/// <summary>A consumer that only stages: nothing is looked up before it runs, and the promise is the same.</summary>
public abstract class StagingConsumerTests : StoreSuite
{
    [Fact]
    public async Task A_duplicate_runs_and_leaves_nothing()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        var id = await pipeline.AddAsync(new Note("once"));
        await pipeline.TaskAsync(id, TaskState.Succeeded);

        await pipeline.DeliverAsync(new Note("once"), "note", id);

        await Eventually.True(() => pipeline.Received.Of("note") == 2, "the duplicate is acknowledged");
        Assert.Equal(["once", "once"], pipeline.Script.Notes); // it ran: nothing had been looked up
        Assert.Equal((1, 1), (await UnderTest.CountAsync("things"), await UnderTest.CountAsync("tasks")));
        Assert.Single(await pipeline.PublishedAsync<Greeted>());
    }

    [Fact]
    public async Task Two_hundred_deliveries_of_101_messages_have_101_effects()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        var id = Guid.CreateVersion7();

        await Task.WhenAll(Enumerable.Range(0, 100).SelectMany(i => new[]
        {
            pipeline.DeliverAsync(new Note("ann"), "note", id),
            pipeline.DeliverAsync(new Note($"other {i}"), "note", Guid.CreateVersion7()),
        }));

        await Eventually.True(() => pipeline.Received.Of("note") == 200, "all deliveries are acknowledged");
        Assert.Equal((101, 1), (await UnderTest.CountAsync("things"), await UnderTest.CountAsync("things", "name = 'ann'")));
    }

    [Fact]
    public async Task A_message_whose_task_was_cancelled_leaves_nothing()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        var id = await pipeline.AddAsync(new Note("ann"), delay: TimeSpan.FromHours(1));
        await pipeline.CancelAsync(id);

        await pipeline.DeliverAsync(new Note("ann"), "note", id, context => context.Headers.Set("Task-Id", id.ToString()));

        await Eventually.True(() => pipeline.Received.Of("note") == 1, "it is acknowledged");
        await pipeline.TaskAsync(id, TaskState.Cancelled);
        Assert.Equal((0, 0, 0), (await UnderTest.CountAsync("things"), await UnderTest.CountAsync("outbox", "waiting <> 2"), await UnderTest.CountAsync("dead_letters")));
    }

    [Fact]
    public async Task A_consumed_message_that_is_redelivered_too_often_is_no_dead_letter()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        var id = Guid.CreateVersion7();
        await RedeliverOftenAsync(pipeline, id);
        await Eventually.True(async () => await UnderTest.CountAsync("things") == 1, "its isolated execution is committed");

        await RedeliverOftenAsync(pipeline, id); // the worker had died before it acknowledged

        await Eventually.True(() => pipeline.Received.Of("note") == 2, "it is acknowledged");
        Assert.Equal((1, 0), (await UnderTest.CountAsync("things"), await UnderTest.CountAsync("dead_letters")));
    }

    private static Task RedeliverOftenAsync(PipelineUnderTest pipeline, Guid id) =>
        pipeline.DeliverAsync(new Note("ann"), "note", id, context => context.Headers.Set("x-delivery-count", 10));
}
