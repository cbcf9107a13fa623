using MassTransit;
using Messaging.Outbox.Tests.MassTransit.Pipeline;
using Messaging.Outbox.Tests.Stores;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Outbox.Tests.Payloads;

public sealed class SqliteKeptOnceTests : KeptOnceTests
{
    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();
}

public sealed class PostgresKeptOnceTests : KeptOnceTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();
}

/// <summary>The message of each task is kept once, whatever path enqueued it and however often it is delivered.</summary>
public abstract class KeptOnceTests : StoreSuite
{
    [Fact]
    public async Task Retries_and_deferred_attempts_write_it_once()
    {
        var script = new Script();
        script.Greet = (_, _) => script.Greets.Count < 3 ? throw new InvalidOperationException("Not yet.") : Task.CompletedTask;
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest, PipelineUnderTest.Quick(immediate: 1, delayed: 2), script: script);

        var id = await pipeline.AddAsync(new Greet("ann"));

        await pipeline.TaskAsync(id, TaskState.Succeeded);
        Assert.Equal(1, await UnderTest.CountAsync("task_payloads"));
        Assert.Equal("ann", await NameInAsync(pipeline, id));
    }

    [Fact]
    public async Task Parts_write_it_once()
    {
        var script = new Script
        {
            Greet = (_, provider) =>
            {
                var task = provider.GetRequiredService<ITaskContext>();
                if (task.Part < 2)
                {
                    task.ContinueLater();
                }

                return Task.CompletedTask;
            },
        };
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest, script: script);

        var id = await pipeline.AddAsync(new Greet("ann"));

        await pipeline.TaskAsync(id, TaskState.Succeeded);
        Assert.Equal(3, script.Greets.Count);
        Assert.Equal(1, await UnderTest.CountAsync("task_payloads"));
    }

    [Fact]
    public async Task Tasks_of_a_chain_and_of_a_consumer_keep_their_own()
    {
        var added = Guid.Empty;
        var script = new Script
        {
            Greet = async (context, provider) =>
            {
                if (context.Message.Name == "first")
                {
                    added = provider.GetRequiredService<IBackgroundTasks>().Add(new Count("added")).Id;
                    await context.Publish(new Greeted("untracked"));
                }
            },
        };
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest, script: script);

        var (first, next) = await pipeline.InUnitAsync((IBackgroundTasks tasks) =>
        {
            var task = tasks.Add(new Greet("first"));
            return Task.FromResult((task.Id, task.Then(new Greet("next")).Id));
        });

        await pipeline.TaskAsync(next, TaskState.Succeeded);
        await pipeline.TaskAsync(added, TaskState.Succeeded);
        Assert.Equal(["first", "next", "added"], [await NameInAsync(pipeline, first), await NameInAsync(pipeline, next), await NameInAsync(pipeline, added)]);
        Assert.Equal(3, await UnderTest.CountAsync("task_payloads")); // what a consumer publishes is no task
    }

    [Fact]
    public async Task The_fast_lane_writes_none_again()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        var ids = new List<Guid>();
        for (var i = 0; i < 20; i++)
        {
            ids.Add(await pipeline.AddAsync(new Note($"{i}")));
        }

        await pipeline.TaskAsync(ids[^1], TaskState.Succeeded);

        await Eventually.True(async () => await UnderTest.CountAsync("tasks", $"state = {(int)TaskState.Succeeded}") == 20, "all are done");
        Assert.Equal(20, await UnderTest.CountAsync("task_payloads"));
    }

    [Fact]
    public async Task A_task_whose_condition_is_false_keeps_nothing()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);

        await using (var scope = pipeline.Services.CreateAsyncScope())
        {
            var unit = scope.ServiceProvider.GetRequiredService<IUnitOfWork>();
            var none = unit.Execute("DELETE FROM things WHERE name = $1", "nobody");
            scope.ServiceProvider.GetRequiredService<IBackgroundTasks>().Add(new Greet("ann"), onlyIf: none.Affected);
            await unit.CommitAsync();
        }

        Assert.Equal(0, await UnderTest.CountAsync("task_payloads"));
    }

    [Fact]
    public async Task Nothing_is_written_where_payloads_are_off()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest, configure: options => options.Payloads.Keep = false);

        var id = await pipeline.AddAsync(new Greet("ann"));

        var task = await pipeline.TaskAsync(id, TaskState.Succeeded);
        Assert.Equal(0, await UnderTest.CountAsync("task_payloads"));
        Assert.Equal(PayloadState.NotKept, (await pipeline.Services.GetRequiredService<ITaskPayloads>().FindAsync(task)).State);
    }

    private static async Task<string?> NameInAsync(PipelineUnderTest pipeline, Guid id)
    {
        var task = (await pipeline.Services.GetRequiredService<ITaskStore>().FindAsync(id))!;
        return (await pipeline.Services.GetRequiredService<ITaskPayloads>().FindAsync(task)).Message?.GetProperty("name").GetString();
    }
}
