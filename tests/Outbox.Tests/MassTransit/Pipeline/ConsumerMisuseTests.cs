using MassTransit;
using Messaging.Outbox.Staging;
using Messaging.Outbox.Tests.FastLane;
using Messaging.Outbox.Tests.Stores;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Outbox.Tests.MassTransit.Pipeline;

public sealed class SqliteConsumerMisuseTests : ConsumerMisuseTests
{
    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();
}

public sealed class PostgresConsumerMisuseTests : ConsumerMisuseTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();
}

/// <summary>Consumers that would lose work: each fails at once, and its dead letter says what to write.</summary>
public abstract class ConsumerMisuseTests : StoreSuite
{
    [Fact]
    public async Task A_message_whose_consumer_commits_is_a_dead_letter_at_once()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest, PipelineUnderTest.Quick(immediate: 2, delayed: 2));
        pipeline.Script.Greet = async (_, provider) =>
        {
            var unit = provider.GetRequiredService<IUnitOfWork>();
            unit.Execute("INSERT INTO things (name) VALUES ($1)", "first half");
            await unit.CommitAsync();
            throw new InvalidOperationException("the second half");
        };

        var task = await pipeline.TaskAsync(await pipeline.AddAsync(new Greet("ann")), TaskState.Failed);

        Assert.Equal(1, task.Attempts);
        Assert.StartsWith("UnitOfWorkMisuseException: A consumer must not commit its unit of work", task.LastError, StringComparison.Ordinal);
        Assert.Equal((0, 1), (await UnderTest.CountAsync("things"), await UnderTest.CountAsync("dead_letters")));
    }

    [Fact]
    public async Task A_consumer_that_swallows_the_refused_commit_loses_nothing()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        pipeline.Script.Greet = async (_, provider) =>
        {
            var unit = provider.GetRequiredService<IUnitOfWork>();
            unit.Execute("INSERT INTO things (name) VALUES ($1)", "first");
            await Assert.ThrowsAsync<UnitOfWorkMisuseException>(() => unit.CommitAsync());
            unit.Execute("INSERT INTO things (name) VALUES ($1)", "second");
        };

        await pipeline.TaskAsync(await pipeline.AddAsync(new Greet("ann")), TaskState.Succeeded);

        Assert.Equal(2, await UnderTest.CountAsync("things"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_consumer_that_commits_its_transaction_by_hand_is_no_duplicate(bool throws)
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest, PipelineUnderTest.Quick(immediate: 2, delayed: 2));
        pipeline.Script.Greet = async (_, provider) =>
        {
            var unit = provider.GetRequiredService<IUnitOfWork>();
            unit.Execute("INSERT INTO things (name) VALUES ($1)", "first half");
            await (await unit.BeginAsync()).CommitAsync();
            unit.Execute("INSERT INTO things (name) VALUES ($1)", "second half");
            if (throws)
            {
                throw new TimeoutException("of the consumer");
            }
        };

        var task = await pipeline.TaskAsync(await pipeline.AddAsync(new Greet("ann")), TaskState.Failed);

        Assert.Equal(1, task.Attempts);
        Assert.Contains("committed or rolled back by other code", task.LastError, StringComparison.Ordinal);
        Assert.Equal((1, 1), (await UnderTest.CountAsync("things"), await UnderTest.CountAsync("dead_letters")));
    }

    [Fact]
    public async Task A_consumer_that_rolls_back_stores_nothing()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        pipeline.Script.Greet = async (context, provider) =>
        {
            var unit = provider.GetRequiredService<IUnitOfWork>();
            var transaction = await unit.BeginAsync();
            await transaction.RollbackAsync();
            unit.Execute("INSERT INTO things (name) VALUES ($1)", "a");
            await context.Publish(new Greeted("ann"));
        };

        await pipeline.TaskAsync(await pipeline.AddAsync(new Greet("ann")), TaskState.Failed);

        Assert.Equal((0, 1), (await UnderTest.CountAsync("things"), await UnderTest.CountAsync("dead_letters")));
        Assert.Empty(await pipeline.PublishedAsync<Greeted>());
    }

    [Fact]
    public async Task A_consumer_that_discards_its_work_has_consumed_its_message()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        pipeline.Script.Greet = async (_, provider) =>
        {
            var unit = provider.GetRequiredService<IUnitOfWork>();
            await unit.QueryAsync("INSERT INTO things (name) VALUES ($1) RETURNING name", ["a"], row => row.GetString(0));
            await unit.DiscardAsync();
        };

        var id = await pipeline.AddAsync(new Greet("ann"));
        await pipeline.TaskAsync(id, TaskState.Succeeded);
        await pipeline.DeliverAgainAsync(new Greet("ann"), "greet", id);

        await Eventually.True(() => pipeline.Received.Of("greet") == 2, "the duplicate is acknowledged");
        Assert.Single(pipeline.Script.Greets);
        Assert.Equal(0, await UnderTest.CountAsync("things"));
    }

    [Fact]
    public async Task Work_that_a_consumer_does_not_await_is_refused_and_logged()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        var (returned, refused) = (new TaskCompletionSource(), new TaskCompletionSource<Exception[]>());
        pipeline.Script.Greet = (context, provider) =>
        {
            var (unit, tasks) = (provider.GetRequiredService<IUnitOfWork>(), provider.GetRequiredService<IBackgroundTasks>());
            _ = Task.Run(async () =>
            {
                await returned.Task;
                refused.SetResult(
                [
                    Assert.ThrowsAny<Exception>(() => unit.Execute("INSERT INTO things (name) VALUES ('late')")),
                    Assert.ThrowsAny<Exception>(() => tasks.Add(new Greet("late"))),
                    await Assert.ThrowsAnyAsync<Exception>(() => context.Publish(new Greeted("late"))),
                ]);
            });
            return Task.CompletedTask;
        };

        await pipeline.TaskAsync(await pipeline.AddAsync(new Greet("ann")), TaskState.Succeeded);
        returned.SetResult();

        Assert.All(await refused.Task.WaitAsync(TimeSpan.FromSeconds(30)), e => Assert.IsType<UnitOfWorkMisuseException>(e));
        Assert.Equal(3, pipeline.Logs.Lines.Count(l => l.StartsWith("A unit of work was misused", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_query_that_a_consumer_does_not_await_fails_it()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        var hold = new TaskCompletionSource();
        pipeline.Script.Greet = (context, provider) =>
        {
            _ = provider.GetRequiredService<UnitOfWork>().InTransactionAsync(
                async _ =>
                {
                    await hold.Task;
                    return true;
                },
                CancellationToken.None);
            return Task.CompletedTask;
        };

        var task = await pipeline.TaskAsync(await pipeline.AddAsync(new Greet("ann")), TaskState.Failed);
        hold.SetResult();

        Assert.Contains("A second operation was started", task.LastError, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_scope_of_the_consumers_own_commits_independently()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        pipeline.Script.Greet = async (_, provider) =>
        {
            await using var scope = provider.GetRequiredService<IServiceScopeFactory>().CreateAsyncScope();
            var unit = scope.ServiceProvider.GetRequiredService<IUnitOfWork>();
            unit.Execute("INSERT INTO things (name) VALUES ($1)", "kept");
            await unit.CommitAsync();
            throw new InvalidOperationException("no");
        };

        await pipeline.TaskAsync(await pipeline.AddAsync(new Greet("ann")), TaskState.Failed);

        Assert.Equal(1, await UnderTest.CountAsync("things", "name = 'kept'"));
    }

    [Fact]
    public async Task A_staging_consumer_that_commits_itself_is_refused_too()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        pipeline.Script.Jot = (_, provider) => provider.GetRequiredService<IUnitOfWork>().CommitAsync();
        var delivery = new FakeDelivery(Guid.CreateVersion7(), "ann");

        Assert.True(pipeline.Script.Direct!.TryTake(delivery));

        Assert.Equal("passed to the pipeline", await delivery.Answer);
        Assert.Equal((0, 0), (await UnderTest.CountAsync("things"), await UnderTest.CountAsync("inbox")));
    }
}
