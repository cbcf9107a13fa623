using Messaging.Outbox.Store;

namespace Messaging.Outbox.Tests.Stores;

public sealed class SqliteRetentionTests : RetentionTests
{
    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();
}

public sealed class PgBouncerRetentionTests : RetentionTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PgBouncerUnderTest.CreateAsync();
}

public sealed class PostgresRetentionTests : RetentionTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();
}

/// <summary>What is removed, and when.</summary>
public abstract class RetentionTests : OutboxStoreSuite
{
    [Fact]
    public async Task Only_rows_past_their_retention_are_removed()
    {
        var (old, failed, queued) = (await QueueTaskAsync(), await QueueTaskAsync(), await QueueTaskAsync());
        await CommitAsync(
            Work.With(Work.Key()),
            Work.With(new TaskOutcome(old, TaskState.Succeeded, 1, DateTimeOffset.UtcNow)),
            Work.With(new TaskOutcome(failed, TaskState.Failed, 1, DateTimeOffset.UtcNow)));

        await CleanUpAsync(DateTimeOffset.UtcNow.AddDays(6.9));
        Assert.Equal(1, await UnderTest.CountAsync("inbox"));
        Assert.NotNull(await FindTaskAsync(old));

        await CleanUpAsync(DateTimeOffset.UtcNow.AddDays(9));
        Assert.Equal(0, await UnderTest.CountAsync("inbox"));
        Assert.Null(await FindTaskAsync(old));
        Assert.NotNull(await FindTaskAsync(failed));
        Assert.NotNull(await FindTaskAsync(queued));

        async Task CleanUpAsync(DateTimeOffset now)
        {
            var before = now.AddDays(-7);
            var retention = new Retention(before, before, before, before, before, before, before);
            await Store.Retention.MaintainPartitionsAsync(retention, now, default);
            await Store.Retention.CleanUpAsync(retention, default);
        }
    }

    [Fact]
    public async Task A_blocked_task_is_removed_with_its_failed_predecessor()
    {
        var (failed, open) = (await QueueTaskAsync(), await QueueTaskAsync());
        var (blocked, waits) = (await QueueTaskAsync(after: failed), await QueueTaskAsync(after: open));
        await CommitAsync(Work.With(new TaskOutcome(failed, TaskState.Failed, 1, DateTimeOffset.UtcNow) { HasSuccessors = true }));
        var (before, after) = (DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddHours(1));

        Assert.Equal(0, await DeleteAsync(new Retention(before, before, before, before, before, before, before)));
        Assert.Equal(3, await DeleteAsync(new Retention(before, before, after, before, before, before, before))); // two tasks and one outbox row

        Assert.Null(await FindTaskAsync(failed));
        Assert.Null(await FindTaskAsync(blocked));
        Assert.Equal(0, await UnderTest.CountAsync("outbox", $"lower(CAST(message_id AS text)) = '{blocked}'"));
        Assert.Equal(1, await UnderTest.CountAsync("outbox", $"lower(CAST(message_id AS text)) = '{waits}'"));

        async Task<int> DeleteAsync(Retention retention)
        {
            await using var transaction = await Store.Commits.BeginAsync(default);
            var sum = 0;
            foreach (var (sql, parameters) in RetentionSql.Statements(retention, DateTimeOffset.UtcNow, UnderTest.Store.Dialect))
            {
                sum += await transaction.Own.ExecuteAsync(sql, default, parameters);
            }

            await transaction.CommitAsync(new StagedWork(), default);
            return sum;
        }
    }
}
