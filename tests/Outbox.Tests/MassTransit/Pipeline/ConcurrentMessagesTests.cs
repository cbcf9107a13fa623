using MassTransit;
using Messaging.Outbox.Tests.Stores;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Outbox.Tests.MassTransit.Pipeline;

public sealed class SqliteConcurrentMessagesTests : ConcurrentMessagesTests
{
    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();
}

public sealed class PgBouncerConcurrentMessagesTests : ConcurrentMessagesTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PgBouncerUnderTest.CreateAsync();
}

public sealed class PostgresConcurrentMessagesTests : ConcurrentMessagesTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();
}

/// <summary>Messages that are consumed at the same time, of which one fails or comes again.</summary>
public abstract class ConcurrentMessagesTests : StoreSuite
{
    [Fact]
    public async Task A_bad_message_harms_no_other_at_the_same_time()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        pipeline.Script.Count = Stage;
        await UnderTest.ExecuteAsync("INSERT INTO things (name) VALUES ('7')");

        var ids = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => pipeline.AddAsync(new Count($"{i}"))));

        await pipeline.TaskAsync(ids[7], TaskState.Failed);
        foreach (var id in ids.Where((_, i) => i != 7))
        {
            await pipeline.TaskAsync(id, TaskState.Succeeded);
        }

        Assert.Equal(10, await UnderTest.CountAsync("things"));
        Assert.Equal(9, await UnderTest.CountAsync("tasks", "state = 3"));
        Assert.Equal(1, await UnderTest.CountAsync("dead_letters"));
    }

    [Fact]
    public async Task A_message_that_throws_is_retried_alone()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest, PipelineUnderTest.Quick(delayed: 3));
        var failures = 3;
        pipeline.Script.Count = (context, provider) =>
            context.Message.Name == "3" && Interlocked.Decrement(ref failures) >= 0
                ? throw new InvalidOperationException("three")
                : Stage(context, provider);

        var ids = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => pipeline.AddAsync(new Count($"{i}"))));

        foreach (var id in ids)
        {
            await pipeline.TaskAsync(id, TaskState.Succeeded);
        }

        Assert.Equal(10, await UnderTest.CountAsync("things"));
        Assert.Equal("InvalidOperationException: three", (await pipeline.TaskAsync(ids[3], TaskState.Succeeded)).LastError);
        Assert.Null((await pipeline.TaskAsync(ids[4], TaskState.Succeeded)).LastError);
    }

    [Fact]
    public async Task Duplicates_among_others_have_one_effect()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        pipeline.Script.Count = Stage;
        var ids = Enumerable.Range(0, 10).Select(_ => Guid.CreateVersion7()).ToList();

        await Task.WhenAll(Enumerable.Range(0, 50).Select(i => pipeline.DeliverAsync(new Count($"{i % 10}"), "count", ids[i % 10])));

        await Eventually.True(() => pipeline.Received.Of("count") == 50, "all deliveries are acknowledged");
        Assert.Equal(10, await UnderTest.CountAsync("things"));
        Assert.Equal(10, await UnderTest.CountAsync("inbox"));
    }

    [Fact]
    public async Task A_message_that_another_process_consumes_meanwhile_takes_no_other_with_it()
    {
        await using var other = await PipelineUnderTest.StartAsync(UnderTest);
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        var ids = Enumerable.Range(0, 10).Select(_ => Guid.CreateVersion7()).ToList();
        var raced = 0;
        other.Script.Count = Stage;
        pipeline.Script.Count = async (context, provider) =>
        {
            await Stage(context, provider);
            if (context.Message.Name == "3" && Interlocked.Increment(ref raced) == 1)
            {
                await other.DeliverAsync(new Count("3"), "count", ids[3]);
                await Eventually.True(async () => await UnderTest.CountAsync("things", "name = '3'") == 1, "the other process has consumed it");
            }
        };

        await Task.WhenAll(ids.Select((id, i) => pipeline.DeliverAsync(new Count($"{i}"), "count", id)));

        await Eventually.True(() => pipeline.Received.Of("count") == 10, "all deliveries are acknowledged");
        Assert.DoesNotContain(pipeline.Logs.Lines, line => line.Contains("dead-lettered", StringComparison.Ordinal));
        Assert.Equal(10, await UnderTest.CountAsync("things"));
        Assert.Equal(10, await UnderTest.CountAsync("(SELECT DISTINCT message_id FROM inbox) AS consumed"));
    }

    private static Task Stage(ConsumeContext<Count> context, IServiceProvider provider)
    {
        provider.GetRequiredService<IUnitOfWork>().Execute("INSERT INTO things (name) VALUES ($1)", context.Message.Name);
        return Task.CompletedTask;
    }
}
