using Messaging.Outbox.Tests.Stores;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Outbox.Tests.MassTransit.Pipeline;

public sealed class SqliteUntrackedTests : UntrackedTests
{
    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();
}

public sealed class PostgresUntrackedTests : UntrackedTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();
}

/// <summary>Messages that are published without a task.</summary>
public abstract class UntrackedTests : StoreSuite
{
    [Fact]
    public async Task An_untracked_message_has_one_effect_and_no_task()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        pipeline.Script.Greet = (context, provider) =>
        {
            provider.GetRequiredService<IUnitOfWork>().Execute("INSERT INTO things (name) VALUES ($1)", context.Message.Name);
            return Task.CompletedTask;
        };
        var id = Guid.CreateVersion7();

        await AddAsync(pipeline, new Greet("dropped"), Guid.CreateVersion7(), commit: false);
        await AddAsync(pipeline, new Greet("ann"), id);
        await Eventually.True(() => pipeline.Received.Of("greet") == 1, "it is acknowledged");
        await pipeline.DeliverAsync(new Greet("ann"), "greet", id);
        await Eventually.True(() => pipeline.Received.Of("greet") == 2, "the duplicate is acknowledged");

        Assert.Equal("ann", Assert.Single(pipeline.Script.Greets).Message.Name);
        Assert.Equal(1, await UnderTest.CountAsync("things"));
        Assert.Equal(0, await UnderTest.CountAsync("tasks"));
        await Eventually.True(async () => await UnderTest.CountAsync("outbox") == 0, "the outbox is empty");
    }

    [Fact]
    public async Task An_untracked_message_is_retried_and_then_dead_lettered()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest, PipelineUnderTest.Quick(delayed: 1));
        pipeline.Script.Greet = (_, _) => throw new InvalidOperationException("no");

        await AddAsync(pipeline, new Greet("ann"), Guid.CreateVersion7());

        await Eventually.True(async () => await UnderTest.CountAsync("dead_letters") == 1, "it is dead-lettered");
        Assert.Equal(2, pipeline.Script.Greets.Count);
        Assert.Equal(0, await UnderTest.CountAsync("tasks"));
    }

    [Fact]
    public async Task An_untracked_message_waits_for_a_consumer()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);

        await AddAsync(pipeline, new Unheard("ann"), Guid.CreateVersion7());

        await Eventually.True(async () => await UnderTest.CountAsync("outbox", "attempts > 0") == 1, "it was sent, and there is nobody");
    }

    private static async Task AddAsync<T>(PipelineUnderTest pipeline, T message, Guid id, bool commit = true)
        where T : class
    {
        await using var scope = pipeline.Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<IBackgroundTasks>().AddUntracked(message, id);
        if (commit)
        {
            await scope.ServiceProvider.GetRequiredService<IUnitOfWork>().CommitAsync();
        }
    }
}

public sealed record Unheard(string Name);
