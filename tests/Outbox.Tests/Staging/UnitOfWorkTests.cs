using Messaging.Outbox.Dispatch;
using Messaging.Outbox.Staging;
using Messaging.Outbox.Store;
using Messaging.Outbox.Telemetry;
using Messaging.Outbox.Tests.Stores;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.Tests.Staging;

public sealed class SqliteUnitOfWorkTests : UnitOfWorkTests
{
    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();
}

public sealed class PostgresUnitOfWorkTests : UnitOfWorkTests
{
    [Fact]
    public async Task A_commit_that_waits_too_long_reports_an_unavailable_database()
    {
        await UnderTest.Store.Health.PingAsync(CancellationToken.None); // so that the short time is not for connecting, too
        await using var committer = Committer(Short);
        await using var unit = Unit(committer);
        await unit.QueryAsync("INSERT INTO things (name) VALUES ($1) RETURNING name", ["a"], row => row.GetString(0));
        await using var hold = await UnderTest.HoldTasksAsync();
        unit.Work.Add(Work.Message() with { TaskKind = "Greet" });

        await Assert.ThrowsAsync<StoreUnavailableException>(() => unit.CommitAsync());
    }

    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();
}

/// <summary>A unit of work that reads inside its own transaction.</summary>
public abstract class UnitOfWorkTests : StoreSuite
{
    /// <summary>For what waits in vain. All else has more time than a busy machine needs.</summary>
    private protected static readonly TimeSpan Short = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task A_query_sees_staged_work_and_shares_its_commit()
    {
        await using var committer = Committer();
        await using var unit = Unit(committer);
        unit.Execute("INSERT INTO things (name) VALUES ($1)", "before");

        var changed = await unit.QueryAsync(
            "UPDATE things SET name = $2 WHERE name = $1 RETURNING name", ["before", "changed"], row => row.GetString(0));
        unit.Execute("INSERT INTO things (name) VALUES ($1)", "after");
        await unit.CommitAsync();

        Assert.Equal(["changed"], changed);
        Assert.Equal(2, await UnderTest.CountAsync("things", "name IN ('changed', 'after')"));
    }

    [Fact]
    public async Task Without_a_commit_nothing_of_it_is_stored()
    {
        await using var committer = Committer();
        await using (var unit = Unit(committer))
        {
            Assert.Single(await unit.QueryAsync("INSERT INTO things (name) VALUES ($1) RETURNING name", ["a"], row => row.GetString(0)));
        }

        Assert.Equal(0, await UnderTest.CountAsync("things"));
    }

    [Fact]
    public async Task A_query_that_waits_too_long_reports_an_unavailable_database()
    {
        await UnderTest.ExecuteAsync("INSERT INTO things (name) VALUES ('a')");
        await using var patient = Committer();
        await using var impatient = Committer(Short);
        await using var first = Unit(patient);
        await using var second = Unit(impatient);
        await first.QueryAsync("DELETE FROM things WHERE name = $1 RETURNING name", ["a"], row => row.GetString(0));

        await Assert.ThrowsAsync<StoreUnavailableException>(
            () => second.QueryAsync("DELETE FROM things WHERE name = $1 RETURNING name", ["a"], row => row.GetString(0)));

        await first.CommitAsync();
        Assert.Equal(0, await UnderTest.CountAsync("things"));
    }

    [Fact]
    public async Task A_message_with_a_condition_counts_as_stored()
    {
        await using var committer = Committer();
        await using var unit = Unit(committer);
        unit.MaxBytes = 1_000;
        var insert = unit.Execute("INSERT INTO things (name) VALUES ($1)", "a");
        unit.Add((Work.Message() with { Content = new Lazy<MessageContent>(() => new MessageContent("{}", new byte[2_000])) }).If(insert.Affected));

        await Assert.ThrowsAsync<UnitOfWorkTooLargeException>(() => unit.CommitAsync());

        Assert.Equal(0, await UnderTest.CountAsync("things"));
    }

    [Fact]
    public async Task Commands_that_ran_before_the_commit_count_as_stored()
    {
        await using var committer = Committer();
        await using var unit = Unit(committer);
        unit.MaxBytes = 1_000;
        unit.Execute("INSERT INTO things (name) VALUES ($1)", new string('a', 900));
        await unit.QueryAsync("SELECT name FROM things", [], row => row.GetString(0));
        unit.Execute("INSERT INTO things (name) VALUES ($1)", new string('b', 900));

        Assert.Equal(1_800, (await Assert.ThrowsAsync<UnitOfWorkTooLargeException>(() => unit.CommitAsync())).Bytes);

        Assert.Equal(0, await UnderTest.CountAsync("things"));
    }

    [Fact]
    public async Task A_command_staged_while_earlier_ones_run_is_stored()
    {
        await using var committer = Committer();
        var commits = new WatchedCommits(UnderTest.Store.Commits);
        await using var unit = new UnitOfWork(committer, commits, UnderTest.Store.Dialect, NullLogger<UnitOfWork>.Instance);
        unit.Execute("INSERT INTO things (name) VALUES ($1)", "before");
        commits.OnExecute = () => unit.Execute("INSERT INTO things (name) VALUES ($1)", "meanwhile");

        await unit.QueryAsync("SELECT name FROM things", [], row => row.GetString(0));
        commits.OnExecute = () => { };
        await unit.CommitAsync();

        Assert.Equal(2, await UnderTest.CountAsync("things", "name IN ('before', 'meanwhile')"));
    }

    private protected GroupCommitter Committer(TimeSpan? timeout = null) => new(
        UnderTest.Store.Commits,
        UnderTest.Store.Health,
        new OutboxSignal(),
        new OutboxMetrics(meters: null),
        Options.Create(new OutboxOptions { CommitTimeout = timeout ?? TimeSpan.FromSeconds(30) }),
        NullLogger<GroupCommitter>.Instance);

    private protected UnitOfWork Unit(GroupCommitter committer) => new(committer, UnderTest.Store.Commits, UnderTest.Store.Dialect, NullLogger<UnitOfWork>.Instance);
}
