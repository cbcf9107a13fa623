using MassTransit;
using Messaging.Outbox.Tests.MassTransit.Pipeline;
using Messaging.Outbox.Tests.Stores;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Outbox.Tests.Control;

public sealed class SqlitePartTests : PartTests
{
    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();
}

public sealed class PostgresPartTests : PartTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();
}

/// <summary>Long work in several parts, each with a commit of its own.</summary>
public abstract class PartTests : StoreSuite
{
    private const int Parts = 3;

    [Fact]
    public async Task Work_in_parts_is_one_task_with_one_effect_a_part()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        pipeline.Script.Greet = DoPartAsync;

        var task = await pipeline.TaskAsync(await pipeline.AddAsync(new Greet("ann")), TaskState.Succeeded);

        Assert.Equal((1, 100, $"\"{Parts - 1}\""), (task.Attempts, task.Progress, task.Result!.Value.GetRawText()));
        Assert.Equal("1 1 1", await EffectsAsync());
        await Eventually.True(async () => await UnderTest.CountAsync("outbox") == 0, "the outbox is empty");
    }

    [Fact]
    public async Task Only_the_part_that_failed_is_retried()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest, PipelineUnderTest.Quick(delayed: 2));
        var failures = 0;
        pipeline.Script.Greet = async (context, provider) =>
        {
            await DoPartAsync(context, provider);
            if (provider.GetRequiredService<ITaskContext>().Part > 0 && Interlocked.Increment(ref failures) % 3 != 0)
            {
                throw new InvalidOperationException("not yet"); // the second and the third part, twice each
            }
        };

        var task = await pipeline.TaskAsync(await pipeline.AddAsync(new Greet("ann")), TaskState.Succeeded);

        Assert.Equal("1 1 1", await EffectsAsync());
        Assert.Equal(5, task.Attempts);
    }

    [Fact]
    public async Task A_dead_lettered_part_is_redriven_from_where_it_was()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        var isBroken = true;
        pipeline.Script.Greet = async (context, provider) =>
        {
            await DoPartAsync(context, provider);
            if (isBroken && provider.GetRequiredService<ITaskContext>().Part == 1)
            {
                throw new InvalidOperationException("no");
            }
        };
        var id = await pipeline.AddAsync(new Greet("ann"));
        await pipeline.TaskAsync(id, TaskState.Failed);
        Assert.Equal("1 0 0", await EffectsAsync());

        isBroken = false;
        Assert.Equal(ControlResult.Done, (await pipeline.RetryAsync(id)).Result);

        await pipeline.TaskAsync(id, TaskState.Succeeded);
        Assert.Equal("1 1 1", await EffectsAsync());
    }

    [Fact]
    public async Task A_part_that_is_delivered_again_has_no_second_effect()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        var go = new TaskCompletionSource();
        pipeline.Script.Greet = async (context, provider) =>
        {
            await DoPartAsync(context, provider);
            if (provider.GetRequiredService<ITaskContext>().Part == Parts - 1)
            {
                await go.Task;
            }
        };
        var id = await pipeline.AddAsync(new Greet("ann"));
        await Eventually.True(() => pipeline.Script.Greets.Count == Parts, "the last part runs");

        await pipeline.DeliverAsync(new Greet("ann"), "greet", id, send => send.Headers.Set("Task-Id", id.ToString()));
        await pipeline.DeliverAsync(new Greet("ann"), "greet", id, send =>
        {
            send.Headers.Set("Task-Id", id.ToString());
            send.Headers.Set("Task-Part", 1);
        });
        await Eventually.True(() => pipeline.Received.Of("greet") == Parts - 1 + 2, "both are acknowledged");
        go.SetResult();

        await pipeline.TaskAsync(id, TaskState.Succeeded);
        Assert.Equal(Parts, pipeline.Script.Greets.Count);
        Assert.Equal("1 1 1", await EffectsAsync());
    }

    [Fact]
    public async Task Work_cancelled_between_parts_keeps_its_effects_and_ends()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        var (second, ended) = (new TaskCompletionSource(), new TaskCompletionSource());
        pipeline.Script.Greet = async (context, provider) =>
        {
            await DoPartAsync(context, provider);
            if (provider.GetRequiredService<ITaskContext>().Part == 1)
            {
                second.SetResult();
                await Task.Delay(Timeout.Infinite, context.CancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                ended.SetResult();
                context.CancellationToken.ThrowIfCancellationRequested();
            }
        };
        var id = await pipeline.AddAsync(new Greet("ann"));
        await second.Task;
        await pipeline.TaskAsync(id, TaskState.Running); // shown again, though it is still the first attempt

        await pipeline.CancelAsync(id);

        await Eventually.True(async () => await UnderTest.CountAsync("outbox", "waiting <> 2") == 0, "the outbox is empty");
        await pipeline.TaskAsync(id, TaskState.Cancelled);
        await ended.Task.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal("1 0 0", await EffectsAsync());
    }

    [Fact]
    public async Task A_successor_of_work_in_parts_starts_after_the_last_part()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        pipeline.Script.Greet = (context, provider) => context.Message.Name == "then" ? Task.CompletedTask : DoPartAsync(context, provider);

        var (first, then) = await pipeline.InUnitAsync((IBackgroundTasks tasks) =>
        {
            var task = tasks.Add(new Greet("ann"));
            return Task.FromResult((task.Id, task.Then(new Greet("then")).Id));
        });

        await pipeline.TaskAsync(then, TaskState.Succeeded);
        await pipeline.TaskAsync(first, TaskState.Succeeded);
        Assert.Equal(["ann", "ann", "ann", "then"], pipeline.Script.Greets.Select(g => g.Message.Name));
    }

    /// <summary>Stages an effect that tells its part, and would be there twice if it were done twice.</summary>
    private static Task DoPartAsync(ConsumeContext<Greet> context, IServiceProvider provider)
    {
        var task = provider.GetRequiredService<ITaskContext>();
        provider.GetRequiredService<IUnitOfWork>().Execute(
            "INSERT INTO things (name) VALUES ($1)", $"part {task.Part}, {Guid.NewGuid()}");
        task.ReportProgress(100 * (task.Part + 1) / Parts, $"part {task.Part}");
        if (task.Part < Parts - 1)
        {
            task.ContinueLater();
        }
        else
        {
            task.SetResult($"{task.Part}");
        }

        return Task.CompletedTask;
    }

    /// <summary>How many effects each part has had.</summary>
    private async Task<string> EffectsAsync()
    {
        var counts = new List<long>();
        for (var part = 0; part < Parts; part++)
        {
            counts.Add(await UnderTest.CountAsync("things", $"name LIKE 'part {part}%'"));
        }

        return string.Join(' ', counts);
    }
}
