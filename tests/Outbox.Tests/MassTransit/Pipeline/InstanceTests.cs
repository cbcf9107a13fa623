using MassTransit;
using Messaging.Outbox.Queues;
using Messaging.Outbox.Tests.Stores;
using Messaging.Outbox.Transport;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Outbox.Tests.MassTransit.Pipeline;

public sealed class SqliteInstanceTests : InstanceTests
{
    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();
}

public sealed class PostgresInstanceTests : InstanceTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();
}

/// <summary>Two queues of one consumer, as two processes have them for themselves: each gets the message, and the task is one.</summary>
public abstract class InstanceTests : StoreSuite
{
    private const string One = "hear-1", Other = "hear-2";

    [Fact]
    public async Task Each_instance_gets_a_message_and_the_first_ends_the_task()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest, instances: [One, Other]);

        var id = await pipeline.AddAsync(new Heard("ann"));

        await pipeline.TaskAsync(id, TaskState.Succeeded);
        await Eventually.True(async () => await UnderTest.CountAsync("outbox") == 0 && pipeline.Script.Heard.Count == 2, "both have heard it");
        await pipeline.DeliverAgainAsync(new Heard("ann"), One, id); // once more
        await Eventually.True(() => pipeline.Received.Of(One) == 2, "all deliveries are acknowledged");
        Assert.Equal([One, Other], pipeline.Script.Heard.Select(h => h.Queue).Order(StringComparer.Ordinal));
        var task = await pipeline.TaskAsync(id, TaskState.Succeeded);
        Assert.Equal((1, null), (task.Attempts, task.LastError));
    }

    [Fact]
    public async Task A_successor_starts_once_although_both_instances_succeed()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest, instances: [One, Other]);
        var (before, after) = await pipeline.InUnitAsync((IBackgroundTasks tasks) =>
        {
            var task = tasks.Add(new Heard("ann"));
            return Task.FromResult((task.Id, task.Then(new Greet("after")).Id));
        });

        await pipeline.TaskAsync(after, TaskState.Succeeded);
        await pipeline.TaskAsync(before, TaskState.Succeeded);

        await Eventually.True(async () => await UnderTest.CountAsync("outbox") == 0 && pipeline.Script.Heard.Count == 2, "both have heard it");
        Assert.Single(pipeline.Script.Greets);
    }

    [Fact]
    public async Task An_instance_that_fails_harms_no_other_and_leaves_no_dead_letter()
    {
        var script = new Script { Hear = queue => queue == One ? throw new InvalidOperationException("deaf") : Task.CompletedTask };
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest, PipelineUnderTest.Quick(), script: script, instances: [One, Other]);

        var id = await pipeline.AddAsync(new Heard("ann"));

        await Eventually.True(() => script.Heard.Count == 2, "both have been tried");
        await Eventually.True(async () => await UnderTest.CountAsync("outbox") == 0, "both are done");
        await pipeline.TaskAsync(id, TaskState.Succeeded);
        Assert.Equal(0, await UnderTest.CountAsync("dead_letters"));
    }

    [Fact]
    public async Task A_task_that_every_instance_fails_at_is_failed()
    {
        var script = new Script { Hear = _ => throw new InvalidOperationException("deaf") };
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest, PipelineUnderTest.Quick(immediate: 1), script: script, instances: [One, Other]);

        var task = await pipeline.TaskAsync(await pipeline.AddAsync(new Heard("ann")), TaskState.Failed);

        Assert.Contains("deaf", task.LastError, StringComparison.Ordinal);
        await Eventually.True(() => script.Heard.Count == 4, "each has tried twice");
        Assert.Equal(0, await UnderTest.CountAsync("dead_letters"));
    }

    [Fact]
    public async Task The_queue_of_an_instance_is_neither_reported_nor_routed_to()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest, instances: [One, Other]);
        await pipeline.TaskAsync(await pipeline.AddAsync(new Heard("ann")), TaskState.Succeeded);

        await Eventually.True(async () => await UnderTest.CountAsync("queues") == 5, "the other queues are reported");

        Assert.Equal(0, await UnderTest.CountAsync("queues", "name LIKE 'hear-%'"));
        Assert.DoesNotContain(pipeline.Services.GetRequiredService<ConsumerRegistry>().Names, name => name.StartsWith("hear-", StringComparison.Ordinal));
        Assert.Null(pipeline.Services.GetRequiredService<QueueDirectory>()
            .Find([MessageUrn.ForTypeString<Heard>()], new Uri("loopback://localhost/hear")).Queue);
    }
}
