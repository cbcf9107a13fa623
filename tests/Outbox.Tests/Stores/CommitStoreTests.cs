using Messaging.Outbox.Telemetry;
using Messaging.Outbox.Dispatch;
using Messaging.Outbox.Staging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.Tests.Stores;

public sealed class SqliteCommitStoreTests : CommitStoreTests
{
    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();
}

public sealed class PgBouncerCommitStoreTests : CommitStoreTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PgBouncerUnderTest.CreateAsync();
}

public sealed class PostgresCommitStoreTests : CommitStoreTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();

    [Fact]
    public async Task A_locked_row_blocks_only_work_on_that_row()
    {
        const string wantIt = "UPDATE things SET name = 'locked' WHERE name = 'locked'";
        await UnderTest.Store.Commits.CommitAsync([new StagedWork().Insert("locked")], lockWait: null, default);
        await using var committer = new GroupCommitter(
            UnderTest.Store.Commits, UnderTest.Store.Health, new OutboxSignal(), new OutboxMetrics(meters: null), Options.Create(new OutboxOptions { CommitTimeout = TimeSpan.FromSeconds(30) }), NullLogger<GroupCommitter>.Instance);
        List<Task<bool>> wanting = [], others = [];
        await using (var holder = await UnderTest.Store.Commits.BeginAsync(default))
        {
            await holder.ExecuteAsync(Wanting(), default);
            for (var i = 0; i < 50; i++)
            {
                others.Add(committer.CommitAsync(new StagedWork().Insert($"{i}"), default));
                if (i % 10 == 0)
                {
                    wanting.Add(committer.CommitAsync(Wanting(), default));
                }
            }

            Assert.All(await Task.WhenAll(others), Assert.True);
            Assert.DoesNotContain(wanting, commit => commit.IsCompleted);
        }

        Assert.All(await Task.WhenAll(wanting), Assert.True);
        Assert.Equal(51, await UnderTest.CountAsync("things"));

        static StagedWork Wanting()
        {
            var work = new StagedWork();
            work.Stage(wantIt);
            return work;
        }
    }
}

/// <summary>A group of units is committed as a whole, and an own transaction with what it stages.</summary>
public abstract class CommitStoreTests : OutboxStoreSuite
{
    [Fact]
    public async Task A_transaction_in_which_a_command_failed_does_not_commit_silently()
    {
        await CommitAsync(Work.With(Work.Key()).Insert("there"));
        await using var transaction = await Store.Commits.BeginAsync(default);
        var key = Work.Key();
        await transaction.ExecuteAsync(Work.With(key), default);
        await using var command = transaction.Transaction.Connection!.CreateCommand();
        command.Transaction = transaction.Transaction;
        command.CommandText = "INSERT INTO things (name) VALUES ('there')";
        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => command.ExecuteNonQueryAsync());

        // SQLite goes on after a failed statement, PostgreSQL does not: either it is stored, or it says that it is not.
        var failure = await Record.ExceptionAsync(() => transaction.CommitAsync(new StagedWork(), default));

        Assert.Equal(failure is null, (await Store.Inbox.FindDoneAsync([key], [], default)).Consumed.Count == 1);
    }

    [Fact]
    public async Task A_rejected_command_leaves_nothing_of_its_group()
    {
        await CommitAsync(Work.With(Work.Key()).Insert("there"));
        var good = Work.With(Work.Key()).Insert("good");
        good.Add(Work.Message());

        await Assert.ThrowsAnyAsync<Exception>(() => CommitAsync(good, Work.With(Work.Key()).Insert("there")));

        Assert.Equal(0, await UnderTest.CountAsync("things", "name = 'good'"));
        Assert.Equal(0, await UnderTest.CountAsync("outbox"));
        Assert.Equal(1, await UnderTest.CountAsync("inbox"));
    }

    [Fact]
    public async Task An_own_transaction_commits_and_rolls_back_with_staged_work()
    {
        await using (var transaction = await Store.Commits.BeginAsync(default))
        {
            await transaction.ExecuteAsync(Work.With(Work.Key()).Insert("dropped"), default);
        }

        await using (var transaction = await Store.Commits.BeginAsync(default))
        {
            await transaction.ExecuteAsync(Work.With(Work.Key()).Insert("kept"), default);
            Assert.True(await transaction.CommitAsync(Work.With(Work.Message()), default));
        }

        Assert.Equal(1, await UnderTest.CountAsync("things"));
        Assert.Equal(1, await UnderTest.CountAsync("things", "name = 'kept'"));
        Assert.Equal(1, await UnderTest.CountAsync("outbox"));
        Assert.Equal(1, await UnderTest.CountAsync("inbox"));
    }

    [Fact]
    public async Task A_thousand_units_side_by_side_are_each_stored_once()
    {
        var groups = Enumerable.Range(0, 20).Select(g => Enumerable.Range(0, 50)
            .Select(i => { var work = Work.With(Work.Key()).Insert($"{g}-{i}"); work.Add(Work.Message() with { TaskKind = "T" }); return work; })
            .ToArray());

        await Task.WhenAll(groups.Select(group => Task.Run(() => CommitAsync(group))));

        foreach (var table in (string[])["things", "inbox", "outbox", "tasks"])
        {
            Assert.Equal(1_000, await UnderTest.CountAsync(table));
        }
    }
}
