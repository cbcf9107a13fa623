using Messaging.Outbox.Tests.FastLane;
using Messaging.Outbox.Tests.Stores;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Outbox.Tests.MassTransit.Pipeline;

public sealed class SqliteForeignMessageTests : ForeignMessageTests
{
    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();
}

public sealed class PostgresForeignMessageTests : ForeignMessageTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();
}

/// <summary>Somebody who can send to a queue and knows a message's id, where nothing is signed: the message's own task ends all the same.</summary>
public abstract class ForeignMessageTests : StoreSuite
{
    private readonly Guid _id = Guid.CreateVersion7();

    [Fact]
    public async Task A_task_ends_after_a_foreign_message_with_its_id()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);

        await pipeline.DeliverAsync(new Greet("foreign"), "greet", _id);
        await Eventually.True(() => pipeline.Received.Of("greet") == 1, "the foreign message is consumed");
        await AddAsync(pipeline, new Greet("real"));

        await pipeline.TaskAsync(_id, TaskState.Succeeded);
        Assert.Equal(["foreign", "real"], pipeline.Script.Greets.Select(g => g.Message.Name));
    }

    [Fact]
    public async Task A_task_is_deferred_after_a_foreign_message_with_its_id()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest, PipelineUnderTest.Quick(delayed: 2));
        pipeline.Script.Greet = (context, _) =>
            context.Message.Name == "foreign" || pipeline.Script.Greets.Count(g => g.Message.Name == "real") == 1 ? throw new InvalidOperationException("no") : Task.CompletedTask;

        await pipeline.DeliverAsync(new Greet("foreign"), "greet", _id);
        await Eventually.True(async () => await UnderTest.CountAsync("dead_letters") == 1, "the foreign message is dead-lettered");
        await AddAsync(pipeline, new Greet("real"));

        Assert.Equal(2, (await pipeline.TaskAsync(_id, TaskState.Succeeded)).Attempts);
    }

    [Fact]
    public async Task A_task_fails_after_a_foreign_message_failed_with_its_id()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        pipeline.Script.Greet = (_, _) => throw new InvalidOperationException("no");

        await pipeline.DeliverAsync(new Greet("foreign"), "greet", _id);
        await Eventually.True(async () => await UnderTest.CountAsync("dead_letters") == 1, "the foreign message is dead-lettered");
        await AddAsync(pipeline, new Greet("real"));

        await pipeline.TaskAsync(_id, TaskState.Failed);
        Assert.Equal((2, 1), (await UnderTest.CountAsync("dead_letters"), await UnderTest.CountAsync("dead_letters", "task_id IS NOT NULL")));
    }

    [Fact]
    public async Task A_task_ends_after_a_foreign_message_on_the_fast_lane()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);

        var foreign = new FakeDelivery(_id, "foreign");
        Assert.True(pipeline.Script.Direct!.TryTake(foreign));
        Assert.Equal("acknowledged", await foreign.Answer);
        await AddAsync(pipeline, new Jot("real"));

        await pipeline.TaskAsync(_id, TaskState.Succeeded);
        Assert.Equal(["foreign", "real"], pipeline.Script.Jots);
    }

    private async Task AddAsync<T>(PipelineUnderTest pipeline, T message)
        where T : class
    {
        await using var scope = pipeline.Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<IBackgroundTasks>().Add(message, _id);
        await scope.ServiceProvider.GetRequiredService<IUnitOfWork>().CommitAsync();
    }
}
