using Messaging.Outbox.SharedTasks;
using Messaging.Outbox.Tests.MassTransit.Pipeline;
using Messaging.Outbox.Tests.Stores;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.Tests.SharedTasks;

public sealed class SqliteSharedTaskSweepTests : SharedTaskSweepTests
{
    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();
}

public sealed class PostgresSharedTaskSweepTests : SharedTaskSweepTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();

    [Fact]
    public async Task While_another_process_cleans_up_nothing_is_swept()
    {
        await using var pipeline = await HalfDoneAsync();
        var turn = await UnderTest.Store.Retention.TakeTurnToSweepAsync(default);

        var meanwhile = await SweepAsync(pipeline);
        await turn!.DisposeAsync();
        var afterwards = await SweepAsync(pipeline);

        Slow.SetResult();
        Assert.Equal((0, 1), (meanwhile, afterwards));
    }
}

/// <summary>What a sweep of the tasks of several consumers writes.</summary>
public abstract class SharedTaskSweepTests : StoreSuite
{
    /// <summary>Lets the other consumer end, without which its process does not.</summary>
    private protected TaskCompletionSource Slow { get; } = new();

    [Fact]
    public async Task A_task_that_says_whom_it_waits_for_is_not_written_again()
    {
        await using var pipeline = await HalfDoneAsync();

        var (first, second) = (await SweepAsync(pipeline), await SweepAsync(pipeline));

        var explained = await UnderTest.CountAsync("tasks", "last_error = 'Some consumers are done; those on ship are not.'");
        Slow.SetResult();
        Assert.Equal((1, 0, 1), (first, second, explained));
    }

    /// <summary>One of two consumers of a task is done, and the other one is at it.</summary>
    private protected async Task<PipelineUnderTest> HalfDoneAsync()
    {
        var script = new OrderScript { Consume = consumer => consumer == "ship" ? Slow.Task : Task.CompletedTask };
        var pipeline = await OrderPipelines.StartAsync(UnderTest, script, consumers: [typeof(BillConsumer), typeof(ShipConsumer)]);
        await pipeline.AddAsync(new Order("o"));
        await Eventually.True(async () => await UnderTest.CountAsync("task_consumers") == 1, "one of them is done");
        return pipeline;
    }

    private protected async Task<int> SweepAsync(PipelineUnderTest pipeline)
    {
        var options = Options.Create(new OutboxOptions { ConsumerGoneAfter = -TimeSpan.FromMinutes(1) }); // what has just ended is old enough
        using var sweep = ActivatorUtilities.CreateInstance<SharedTaskSweep>(pipeline.Services, options);
        return await sweep.SweepAsync(default);
    }
}
