using System.Data.Common;
using Messaging.Outbox.Store;
using Messaging.Outbox.Tasks;
using Messaging.Outbox.Tests.Bulk;
using Messaging.Outbox.Tests.Stores;

namespace Messaging.Outbox.Tests.Control;

public sealed class SqliteCancelManyTests : CancelManyTests
{
    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();
}

public sealed class PostgresCancelManyTests : CancelManyTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();
}

/// <summary>Many tasks that are cancelled together, each with a chain after it.</summary>
public abstract class CancelManyTests : StoreSuite
{
    [Theory]
    [InlineData(SuccessorPolicy.Cancel)]
    [InlineData(SuccessorPolicy.Keep)]
    public async Task Many_take_no_more_statements_than_two(SuccessorPolicy successors)
    {
        var (two, hundred) = (await AddChainsAsync(2), await AddChainsAsync(100));

        var ofTwo = await CancelAsync(two, successors);
        var ofHundred = await CancelAsync(hundred, successors);

        Assert.Equal((2, successors == SuccessorPolicy.Cancel ? 4 : 0), (ofTwo.Cancelled, ofTwo.Successors));
        Assert.Equal((100, successors == SuccessorPolicy.Cancel ? 200 : 0), (ofHundred.Cancelled, ofHundred.Successors));
        Assert.Equal(ofTwo.Statements, ofHundred.Statements);
        Assert.Equal(204, await UnderTest.CountAsync("tasks", successors == SuccessorPolicy.Cancel ? "state = 8 AND cancelled_with IS NOT NULL" : "state = 7 AND last_error LIKE 'Task %'"));
    }

    [Fact]
    public async Task Each_is_cancelled_with_the_oldest_before_it()
    {
        var firsts = await AddChainsAsync(3);
        var second = (await UnderTest.Own.QueryAsync("SELECT successor FROM messaging.task_links WHERE predecessor = $1", [firsts[1]], row => row.GetGuid(0))).Single();

        await CancelAsync([.. firsts, second], SuccessorPolicy.Cancel); // the last of that chain comes after two of them

        var with = await UnderTest.Own.QueryAsync(
            "SELECT l.predecessor, t.cancelled_with FROM messaging.tasks AS t JOIN messaging.task_links AS l ON l.successor = t.id WHERE t.cancelled_with IS NOT NULL",
            [],
            row => (Before: row.GetGuid(0), With: row.GetGuid(1)));
        Assert.Equal(5, with.Count);
        Assert.Equal(firsts[1], with.Single(task => task.Before == second).With);
        Assert.Equal([firsts[0], firsts[2]], with.Where(task => task.Before != second).Select(task => task.With).Distinct().Order());
    }

    private async Task<IReadOnlyList<Guid>> AddChainsAsync(int count)
    {
        var at = DateTimeOffset.UtcNow.AddMinutes(-5);
        var firsts = (await ManyTasks.AddAsync(UnderTest, count, createdAt: at)).Order().ToList();
        var second = await ManyTasks.AddAsync(UnderTest, count, "Next", TaskState.Waiting, at.AddSeconds(1));
        var third = await ManyTasks.AddAsync(UnderTest, count, "Next", TaskState.Waiting, at.AddSeconds(2));
        await using var transaction = await UnderTest.Store.Commits.BeginAsync(default);
        for (var i = 0; i < count; i++)
        {
            await transaction.Own.ExecuteAsync("INSERT INTO messaging.task_links (predecessor, successor) VALUES ($1, $2), ($2, $3)", default, firsts[i], second[i], third[i]);
        }

        await transaction.CommitAsync(new StagedWork(), default);
        return firsts;
    }

    private async Task<(int Cancelled, int Successors, int Statements)> CancelAsync(IReadOnlyCollection<Guid> ids, SuccessorPolicy successors)
    {
        await using var transaction = await UnderTest.Store.Commits.BeginAsync(default);
        var counting = new CountingDialect(UnderTest.Store.Dialect);
        var (cancelled, following) = await CancelSql.CancelAsync(new OutboxTransaction(transaction.Transaction, counting), ids, DateTimeOffset.UtcNow, counting, successors, default);
        await transaction.CommitAsync(new StagedWork(), default);
        return (cancelled.Count, following, counting.Statements);
    }

    /// <summary>Counts statements: each has its names replaced once.</summary>
    private sealed class CountingDialect(ISqlDialect inner) : ISqlDialect
    {
        public int Statements { get; private set; }

        public TableNames Names
        {
            get
            {
                Statements++;
                return inner.Names;
            }
        }

        public string LockRows => inner.LockRows;

        public string SkipLocked => inner.SkipLocked;

        public string Never => inner.Never;

        public string IsUnclaimed => inner.IsUnclaimed;

        public string Milliseconds(string time) => inner.Milliseconds(time);

        public string Contains(string column, string part) => inner.Contains(column, part);

        public string IsAmong(Func<string, string> select) => inner.IsAmong(select);

        public void Bind(DbParameter parameter, int number, object? value) => inner.Bind(parameter, number, value);

        public Task<T> TranslateAsync<T>(Func<Task<T>> action) => inner.TranslateAsync(action);
    }
}
