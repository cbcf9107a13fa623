using Messaging.Outbox.Staging;
using Messaging.Outbox.Tests.Stores;

namespace Messaging.Outbox.Tests.PostgreSql;

/// <summary>
/// Commits that take longer than somebody waits for them. A trigger that runs at the commit stands for a synchronous standby that does not answer.
/// What becomes of a cancelled one when that standby is promoted is seen by the fault ledger (docs/decisions/0030).
/// </summary>
public sealed class PostgresCommitTests : StoreSuite
{
    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_commit_without_a_waiter_is_not_cancelled(bool ownTransaction)
    {
        await HoldCommitsAsync();
        using var impatience = new CancellationTokenSource();
        var committing = CommitAsync("slow", ownTransaction, impatience.Token);
        await Eventually.True(async () => await UnderTest.CountAsync("pg_stat_activity", IsCommitting) == 1, "the commit waits");
        await impatience.CancelAsync();

        var failure = await Assert.ThrowsAsync<StoreUnavailableException>(() => committing);
        Assert.True(failure.IsTimeout);
        Assert.Equal(0, await UnderTest.CountAsync("things"));

        await UnderTest.ExecuteAsync("INSERT INTO go VALUES (1)");
        await Eventually.True(async () => await UnderTest.CountAsync("things") == 1, "the row is there");
    }

    [Fact]
    public async Task Commits_are_refused_while_too_many_wait()
    {
        await HoldCommitsAsync();
        using var impatience = new CancellationTokenSource();
        var waiting = Enumerable.Range(0, 16).Select(i => CommitAsync($"thing {i}", ownTransaction: false, impatience.Token)).ToList();
        await Eventually.True(async () => await UnderTest.CountAsync("pg_stat_activity", IsCommitting) == waiting.Count, "all commits wait");
        await impatience.CancelAsync();
        await Task.WhenAll(waiting.Select(w => Assert.ThrowsAsync<StoreUnavailableException>(() => w)));

        var refused = await Assert.ThrowsAsync<StoreUnavailableException>(() => CommitAsync("one more", ownTransaction: false, default));
        Assert.Contains("synchronous standby", refused.Message, StringComparison.Ordinal);

        await UnderTest.ExecuteAsync("INSERT INTO go VALUES (1)");
        await Eventually.True(async () => await UnderTest.CountAsync("things") == waiting.Count, "all rows are there");
        await Eventually.True(async () => await TryAsync("one more"), "commits are taken again");
    }

    private const string IsCommitting = "datname = current_database() AND wait_event = 'PgSleep'";

    private Task HoldCommitsAsync() => UnderTest.ExecuteAsync(
        """
        CREATE TABLE go (n int);
        CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN WHILE NOT EXISTS (SELECT FROM go) LOOP PERFORM pg_sleep(0.2); END LOOP; RETURN NULL; END $$;
        CREATE CONSTRAINT TRIGGER hold AFTER INSERT ON things DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION hold();
        """);

    private async Task CommitAsync(string thing, bool ownTransaction, CancellationToken cancellationToken)
    {
        var work = new StagedWork().Insert(thing);
        if (!ownTransaction)
        {
            await UnderTest.Store.Commits.CommitAsync([work], TimeSpan.FromSeconds(1), cancellationToken);
            return;
        }

        await using var transaction = await UnderTest.Store.Commits.BeginAsync(cancellationToken);
        await transaction.CommitAsync(work, cancellationToken);
    }

    private async Task<bool> TryAsync(string thing)
    {
        try
        {
            await CommitAsync(thing, ownTransaction: false, default);
            return true;
        }
        catch (StoreUnavailableException)
        {
            return false; // the others have committed, and their callers' end is a moment later
        }
    }
}
