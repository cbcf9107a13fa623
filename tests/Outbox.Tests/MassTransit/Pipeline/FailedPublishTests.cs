using System.Runtime.Serialization;
using MassTransit;
using Messaging.Outbox.Tests.Stores;

namespace Messaging.Outbox.Tests.MassTransit.Pipeline;

public sealed class SqliteFailedPublishTests : FailedPublishTests
{
    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();
}

public sealed class PostgresFailedPublishTests : FailedPublishTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();
}

/// <summary>A consumer whose publish fails: the attempt has failed, and nothing else decides about the delivery.</summary>
public abstract class FailedPublishTests : StoreSuite
{
    [Fact]
    public async Task A_publish_that_failed_once_leaves_no_dead_letter()
    {
        var attempts = 0;
        var script = new Script { Greet = (context, _) => ++attempts == 1 ? FailAsync(context) : context.Publish(new Greeted("late")) };
        await using (var pipeline = await PipelineUnderTest.StartAsync(UnderTest, PipelineUnderTest.Quick(immediate: 1), script: script))
        {
            await pipeline.TaskAsync(await pipeline.AddAsync(new Greet("a")), TaskState.Succeeded);
        }

        Assert.Equal((2, 0), (attempts, await UnderTest.CountAsync("dead_letters")));
    }

    [Fact]
    public async Task A_deferred_attempt_is_not_dead_lettered_as_well()
    {
        var attempts = 0;
        var script = new Script { Greet = (context, _) => ++attempts == 1 ? FailAsync(context) : Task.CompletedTask };
        await using (var pipeline = await PipelineUnderTest.StartAsync(UnderTest, PipelineUnderTest.Quick(delayed: 1), script: script))
        {
            await pipeline.TaskAsync(await pipeline.AddAsync(new Greet("a")), TaskState.Succeeded);
        }

        Assert.Equal((2, 0), (attempts, await UnderTest.CountAsync("dead_letters")));
    }

    [Fact]
    public async Task A_publish_that_nobody_awaits_is_committed_with_the_rest()
    {
        var script = new Script
        {
            Greet = (context, services) =>
            {
                _ = context.Publish(new Greeted("unawaited"));
                return Task.CompletedTask;
            },
        };
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest, script: script);

        await pipeline.TaskAsync(await pipeline.AddAsync(new Greet("a")), TaskState.Succeeded);

        Assert.Single(await pipeline.PublishedAsync<Greeted>());
    }

    [Fact]
    public async Task A_message_that_is_no_json_names_its_member_and_fails()
    {
        var script = new Script { Greet = (context, _) => context.Publish(new Odd(() => 1)) };
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest, PipelineUnderTest.Quick(immediate: 2, delayed: 2), script: script);

        var task = await pipeline.TaskAsync(await pipeline.AddAsync(new Greet("a")), TaskState.Failed);

        Assert.Equal(
            (1, "MessageNotSerializableException: Odd cannot be written as JSON, because of its member Callback: leave the member out ([JsonIgnore]), or give it a type that JSON has."),
            (task.Attempts, task.LastError));
        Assert.Equal(1, await UnderTest.CountAsync("dead_letters"));
    }

    [Fact]
    public async Task A_cycle_in_a_message_is_named_in_short()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        var ring = new Ring();
        ring.Next = ring;

        var exception = await Assert.ThrowsAnyAsync<SerializationException>(() => pipeline.AddAsync(ring));

        Assert.StartsWith("Ring cannot be written as JSON, because of its member Next.Next.", exception.Message, StringComparison.Ordinal);
        Assert.InRange(exception.Message.Length, 1, 300);
    }

    [Fact]
    public async Task A_consumer_that_does_not_end_at_its_time_limit_is_named()
    {
        var end = new TaskCompletionSource();
        var retry = PipelineUnderTest.Quick();
        retry.TimeLimit = TimeSpan.FromMilliseconds(50);
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest, retry, script: new Script { Greet = (_, _) => end.Task });

        var id = await pipeline.AddAsync(new Greet("a"));

        await Eventually.True(
            () => Task.FromResult(pipeline.Logs.Lines.Any(line => line.StartsWith($"A consumer of greet does not end: attempt 1 of task {id} goes on", StringComparison.Ordinal))), "it is named");
        end.SetResult();
        await pipeline.TaskAsync(id, TaskState.Succeeded);
    }

    /// <summary>The task of the failed publish is kept by MassTransit's context.</summary>
    private static Task FailAsync(ConsumeContext context) =>
        context.Publish(new Greeted("early"), (PublishContext<Greeted> _) => throw new InvalidOperationException("not now"));

    public sealed record Odd(Func<int> Callback);

    public sealed class Ring
    {
        public Ring? Next { get; set; }
    }
}
