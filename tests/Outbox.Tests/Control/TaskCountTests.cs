using Messaging.Outbox.Store;
using Messaging.Outbox.Tasks;
using Messaging.Outbox.Tests.Bulk;
using Messaging.Outbox.Tests.Stores;

namespace Messaging.Outbox.Tests.Control;

public sealed class SqliteTaskCountTests : TaskCountTests
{
    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();
}

public sealed class PostgresTaskCountTests : TaskCountTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();
}

/// <summary>Counts of more tasks than one statement reads.</summary>
public abstract class TaskCountTests : StoreSuite
{
    [Fact]
    public async Task All_matches_are_counted_with_the_newest_five()
    {
        await ManyTasks.AddAsync(UnderTest, 21_000, "Usual", TaskState.Succeeded, DateTimeOffset.UtcNow.AddHours(-2));
        await ManyTasks.AddAsync(UnderTest, 7, "Rare", TaskState.Failed, DateTimeOffset.UtcNow.AddHours(-3));
        var newest = await ManyTasks.AddAsync(UnderTest, 1, "Rare", TaskState.Cancelled, DateTimeOffset.UtcNow.AddHours(-1));

        var count = await CountAsync(new TaskQuery { Kind = "Rare" });

        Assert.Equal((8, true, 5), (count.Count, count.IsExact, count.Sample.Count));
        Assert.Equal(newest[0], count.Sample[0].Id);
        Assert.Equal(21_008, (await CountAsync(new TaskQuery())).Count);
        Assert.Equal(21_000, (await CountAsync(new TaskQuery { States = [TaskState.Succeeded] })).Count);
    }

    [Fact]
    public async Task Tasks_that_need_attention_are_counted_by_their_index()
    {
        await ManyTasks.AddAsync(UnderTest, 2_500, "Usual", TaskState.Failed);
        await ManyTasks.AddAsync(UnderTest, 2_500, "Usual", TaskState.Cancelled);
        await ManyTasks.AddAsync(UnderTest, 3, "Rare", TaskState.Failed);

        Assert.Equal((5_003, true), Number(await CountAsync(new TaskQuery { States = [TaskState.Failed, TaskState.Cancelled] })));
        Assert.Equal((5_000, true), Number(await CountAsync(new TaskQuery { States = [TaskState.Failed, TaskState.Cancelled], Kind = "Usual" })));
        Assert.Equal((3, true), Number(await CountAsync(new TaskQuery { States = [TaskState.Failed], Kind = "Rare" })));
    }

    [Fact]
    public async Task A_time_range_is_counted_whatever_the_ids()
    {
        var at = DateTimeOffset.UtcNow.AddHours(-2);
        await ManyTasks.AddAsync(UnderTest, 30, createdAt: at);
        await ManyTasks.AddAsync(UnderTest, 5, createdAt: at.AddHours(-3));
        await using (var transaction = await UnderTest.Store.Commits.BeginAsync(default))
        {
            await transaction.Own.ExecuteAsync(
                "INSERT INTO messaging.tasks (id, kind, created_at) VALUES ($1, 'Other', $2)", default, new Guid("f0000000-0000-4000-8000-000000000001"), new StoreTime(at));
            await transaction.CommitAsync(new StagedWork(), default);
        }

        Assert.Equal((31, true), Number(await CountAsync(new TaskQuery { CreatedFrom = at.AddHours(-1) })));
    }

    [Fact]
    public async Task A_count_that_takes_too_long_is_a_lower_bound()
    {
        await ManyTasks.AddAsync(UnderTest, 16_500, state: TaskState.Failed);
        var plan = await TaskSearch.PlanAsync(UnderTest.Own, new TaskQuery { States = [TaskState.Failed], Kind = "Many" }, default);

        var some = await BoundedCount.OfAsync(UnderTest.Own, plan, TimeSpan.Zero, atLeast: 1, BoundedCount.Latest * 100, default);
        var all = await BoundedCount.OfAsync(UnderTest.Own, plan, TimeSpan.Zero, BoundedCount.AtLeast, BoundedCount.Latest * 100, default);
        var late = await BoundedCount.OfAsync(UnderTest.Own, plan, TimeSpan.Zero, BoundedCount.AtLeast, latest: TimeSpan.Zero, default);

        Assert.Equal(new BoundedCount(8_000, IsExact: false), some);
        Assert.Equal(new BoundedCount(16_500, IsExact: true), all);
        Assert.False(late.IsExact);
    }

    [Fact]
    public async Task A_count_of_a_key_reads_few_rows_at_once()
    {
        await UnderTest.AddKeyedAsync(8_500);
        var plan = await TaskSearch.PlanAsync(UnderTest.Own, new TaskQuery { Key = new TaskKey("tenant", "acme") }, default);

        var some = await BoundedCount.OfAsync(UnderTest.Own, plan, TimeSpan.Zero, atLeast: 1, BoundedCount.Latest * 100, default);

        Assert.Equal(new BoundedCount(8_000, IsExact: false), some); // each of them is looked up in the tasks
    }

    private Task<TaskCount> CountAsync(TaskQuery query) => new TaskCounts(UnderTest.Own).CountAsync(query, default);

    private static (long Count, bool IsExact) Number(TaskCount count) => (count.Count, count.IsExact);
}
