using System.Data.Common;
using Messaging.Outbox.Store;
using Messaging.Outbox.Telemetry;
using Messaging.Outbox.Dispatch;
using Messaging.Outbox.Staging;
using Messaging.Outbox.Tests.Stores;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.Tests.Staging;

public sealed class SqliteUnitOfWorkMisuseTests : UnitOfWorkMisuseTests
{
    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();

    // The file may not grow, as on a full disk.
    protected override IReadOnlyList<string> Break => ["PRAGMA max_page_count = 1", "INSERT INTO things (name) VALUES (hex(zeroblob(1000000)))"];
}

public sealed class PostgresUnitOfWorkMisuseTests : UnitOfWorkMisuseTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();

    [Fact]
    public async Task A_lost_connection_is_not_a_fault_of_the_caller()
    {
        await using var unit = Unit();
        var pid = await unit.QueryAsync("SELECT pg_backend_pid()", [], row => row.GetInt32(0));
        await UnderTest.ExecuteAsync($"SELECT pg_terminate_backend({pid[0]})");
        await Eventually.True(async () => await UnderTest.CountAsync("pg_stat_activity", $"pid = {pid[0]}") == 0, "the session has ended");

        await Assert.ThrowsAsync<StoreUnavailableException>(() => unit.QueryAsync("SELECT 1", [], row => row.GetInt32(0)));

        Assert.False(unit.IsEndedByHand);
    }

    protected override IReadOnlyList<string> Break => ["SELECT 1", "SELECT pg_terminate_backend(pg_backend_pid())"];
}

/// <summary>Ways to lose staged work, and what is said instead.</summary>
public abstract class UnitOfWorkMisuseTests : StoreSuite
{
    private readonly LogCapture _logs = new();
    private GroupCommitter? _committer;

    /// <summary>A statement, and one during which the database becomes unavailable.</summary>
    protected abstract IReadOnlyList<string> Break { get; }

    [Fact]
    public async Task Work_that_an_unavailable_database_ends_is_nobodys_mistake()
    {
        await using (var unit = Unit())
        {
            unit.Execute("INSERT INTO things (name) VALUES ('a')");
            await unit.BeginAsync();
            unit.Execute("INSERT INTO things (name) VALUES ('b')");
            await unit.QueryAsync(Break[0], [], _ => true);
            await Assert.ThrowsAsync<StoreUnavailableException>(() => unit.QueryAsync(Break[1], [], _ => true));
        }

        Assert.Empty(_logs.Lines);
        Assert.Equal(0, await UnderTest.CountAsync("things"));
    }

    [Fact]
    public async Task Staged_work_that_is_not_committed_is_named_in_an_error()
    {
        await using (var unit = Unit())
        {
            unit.Execute("INSERT INTO things (name) VALUES ('secret')");
            unit.AddPending("Greet", () => Task.CompletedTask);
        }

        Assert.Equal(
            "Staged work was dropped, because its scope ended without CommitAsync: 1 SQL command(s) (INSERT INTO things), 1 message(s) (Greet). " +
            "Call CommitAsync, or DiscardAsync if nothing should be stored",
            Assert.Single(_logs.Lines));
    }

    [Fact]
    public async Task Commands_that_ran_in_an_uncommitted_transaction_are_named_too()
    {
        await using (var unit = Unit())
        {
            unit.Execute("INSERT INTO things (name) VALUES ($1)", "a");
            await unit.BeginAsync();
            Assert.True(unit.HasUncommittedWork);
        }

        Assert.Contains("1 SQL command(s) (1 in its own transaction)", Assert.Single(_logs.Lines), StringComparison.Ordinal);
        Assert.Equal(0, await UnderTest.CountAsync("things"));
    }

    [Fact]
    public async Task A_transaction_without_staged_work_is_rolled_back_with_a_warning()
    {
        await using (var unit = Unit())
        {
            await unit.QueryAsync("INSERT INTO things (name) VALUES ($1) RETURNING name", ["a"], row => row.GetString(0));
        }

        Assert.Contains("was rolled back", Assert.Single(_logs.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Discarded_work_is_dropped_silently()
    {
        await using (var unit = Unit())
        {
            unit.Execute("INSERT INTO things (name) VALUES ($1)", "a");
            await unit.BeginAsync();
            unit.Execute("INSERT INTO things (name) VALUES ($1)", "b");
            await unit.DiscardAsync();
            Assert.False(unit.HasUncommittedWork);
            await unit.CommitAsync();
        }

        Assert.Empty(_logs.Lines);
        Assert.Equal(0, await UnderTest.CountAsync("things"));
    }

    [Fact]
    public async Task A_unit_commits_again_what_is_staged_after_a_commit()
    {
        await using (var unit = Unit())
        {
            unit.Execute("INSERT INTO things (name) VALUES ($1)", "a");
            await unit.CommitAsync();
            await unit.CommitAsync();
            unit.Execute("INSERT INTO things (name) VALUES ($1)", "b");
            await unit.CommitAsync();
        }

        Assert.Empty(_logs.Lines);
        Assert.Equal(2, await UnderTest.CountAsync("things"));
    }

    [Fact]
    public async Task A_unit_whose_scope_has_ended_stages_nothing()
    {
        var unit = Unit();
        await unit.DisposeAsync();

        Assert.Throws<UnitOfWorkMisuseException>(() => unit.Execute("DELETE FROM things"));
        await Assert.ThrowsAsync<UnitOfWorkMisuseException>(() => unit.BeginAsync());
        await Assert.ThrowsAsync<UnitOfWorkMisuseException>(() => unit.CommitAsync());
        Assert.Equal(3, _logs.Lines.Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_transaction_ended_by_hand_cannot_be_committed(bool commits)
    {
        await using var unit = Unit();
        var transaction = await unit.BeginAsync();
        await unit.QueryAsync("INSERT INTO things (name) VALUES ($1) RETURNING name", ["a"], row => row.GetString(0));
        unit.Execute("INSERT INTO things (name) VALUES ($1)", "b");
        await (commits ? transaction.CommitAsync() : transaction.RollbackAsync());

        var misuse = await Assert.ThrowsAsync<UnitOfWorkMisuseException>(() => unit.CommitAsync());

        Assert.Contains("Do not end the transaction that BeginAsync returns", misuse.Message, StringComparison.Ordinal);
        Assert.Equal(0, await UnderTest.CountAsync("things", "name = 'b'"));
    }

    [Fact]
    public async Task A_disposed_transaction_cannot_be_committed()
    {
        await using var unit = Unit();
        var transaction = await unit.BeginAsync();
        unit.Execute("INSERT INTO things (name) VALUES ($1)", "a");
        await transaction.DisposeAsync();

        await Assert.ThrowsAsync<UnitOfWorkMisuseException>(() => unit.QueryAsync("SELECT 1", [], row => row.GetInt32(0)));
        await Assert.ThrowsAsync<UnitOfWorkMisuseException>(() => unit.CommitAsync());
        Assert.Equal(0, await UnderTest.CountAsync("things"));
    }

    [Fact]
    public async Task Two_operations_at_once_are_refused_and_harm_nothing()
    {
        await using var unit = Unit();
        var (begun, hold) = (new TaskCompletionSource(), new TaskCompletionSource());
        var first = unit.InTransactionAsync(
            async _ =>
            {
                begun.SetResult();
                await hold.Task;
                return true;
            },
            CancellationToken.None);
        await begun.Task;

        await Assert.ThrowsAsync<UnitOfWorkMisuseException>(() => unit.CommitAsync());
        var second = await unit.QueryAsync("SELECT 1", [], _ => Assert.ThrowsAsync<UnitOfWorkMisuseException>(() => unit.BeginAsync()));
        await second[0];

        hold.SetResult();
        await first;
        unit.Execute("INSERT INTO things (name) VALUES ($1)", "a");
        await unit.CommitAsync();
        Assert.Equal(1, await UnderTest.CountAsync("things"));
    }

    [Fact]
    public async Task Many_threads_may_stage_at_once()
    {
        await using var unit = Unit();

        Parallel.For(0, 1_000, i => unit.Execute("INSERT INTO things (name) VALUES ($1)", $"{i}"));
        await unit.CommitAsync();

        Assert.Equal(1_000, await UnderTest.CountAsync("things"));
    }

    [Fact]
    public async Task A_message_that_cannot_be_staged_fails_every_commit()
    {
        await using var unit = Unit();
        unit.Execute("INSERT INTO things (name) VALUES ($1)", "a");
        unit.AddPending("Unspeakable", () => throw new NotSupportedException());

        await Assert.ThrowsAsync<NotSupportedException>(() => unit.CommitAsync());
        await Assert.ThrowsAsync<NotSupportedException>(() => unit.CommitAsync());

        Assert.Equal(0, await UnderTest.CountAsync("things"));
        await unit.DiscardAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_commit_after_a_failed_one_is_refused_and_stores_nothing(bool ownTransaction)
    {
        await UnderTest.ExecuteAsync("INSERT INTO things (name) VALUES ('there')");
        await using var unit = Unit();
        if (ownTransaction)
        {
            await unit.BeginAsync();
        }

        unit.Execute("INSERT INTO things (name) VALUES ($1)", "a");
        unit.Execute("INSERT INTO things (name) VALUES ($1)", "there");
        await Assert.ThrowsAnyAsync<DbException>(() => unit.CommitAsync());
        unit.Execute("INSERT INTO things (name) VALUES ($1)", "rest");

        var misuse = await Assert.ThrowsAsync<UnitOfWorkMisuseException>(() => unit.CommitAsync());

        Assert.StartsWith("A commit of this unit of work has failed", misuse.Message, StringComparison.Ordinal);
        Assert.Equal(1, await UnderTest.CountAsync("things"));
        await unit.DiscardAsync();
        unit.Execute("INSERT INTO things (name) VALUES ($1)", "anew");
        await unit.CommitAsync();
        Assert.Equal(1, await UnderTest.CountAsync("things", "name = 'anew'"));
    }

    [Fact]
    public async Task A_statement_that_ends_the_transaction_is_refused()
    {
        await using var unit = Unit();

        var misuse = Assert.Throws<UnitOfWorkMisuseException>(() => unit.Execute("rollback"));
        await Assert.ThrowsAsync<UnitOfWorkMisuseException>(() => unit.QueryAsync("COMMIT", [], _ => true));

        Assert.StartsWith("A unit of work does not execute ROLLBACK", misuse.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("INSERT INTO things (name) VALUES ($2)", "a")]
    [InlineData("INSERT INTO things (name) VALUES ($1)", null)]
    public async Task A_wrong_parameter_is_a_permanent_fault(string sql, string? value)
    {
        await using var unit = Unit();
        unit.Execute(sql, (object?)value ?? new UriBuilder());

        var exception = await Assert.ThrowsAnyAsync<Exception>(() => unit.CommitAsync());

        Assert.True(new RetryOptions().FailsAtOnce(exception), $"{exception}");
        Assert.Equal(0, await UnderTest.CountAsync("things"));
    }

    [Fact]
    public async Task A_consumer_commits_nothing_itself()
    {
        await using var unit = Unit();
        await unit.EnterConsumerAsync(new InboxKey(Guid.NewGuid(), Guid.NewGuid()));
        unit.Execute("INSERT INTO things (name) VALUES ($1)", "a");

        var misuse = await Assert.ThrowsAsync<UnitOfWorkMisuseException>(() => unit.CommitAsync());

        Assert.Contains("the pipeline commits it", misuse.Message, StringComparison.Ordinal);
        Assert.True(unit.HasUncommittedWork);
        await unit.LeaveConsumerAsync();
        Assert.Throws<UnitOfWorkMisuseException>(() => unit.Execute("DELETE FROM things"));
        Assert.Equal(0, await UnderTest.CountAsync("things"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Work_that_is_staged_after_the_pipeline_committed_is_refused(bool ownTransaction)
    {
        await using var unit = Unit();
        await unit.EnterConsumerAsync(new InboxKey(Guid.NewGuid(), Guid.NewGuid()));
        unit.Execute("INSERT INTO things (name) VALUES ($1)", "a");
        if (ownTransaction)
        {
            await unit.BeginAsync();
        }

        Assert.True(await unit.CommitWhenPossibleAsync(CancellationToken.None));
        var misuse = Assert.Throws<UnitOfWorkMisuseException>(() => unit.Execute("INSERT INTO things (name) VALUES ($1)", "late"));
        await unit.LeaveConsumerAsync();

        Assert.StartsWith("The consumer has returned", misuse.Message, StringComparison.Ordinal);
        Assert.Contains(misuse.Message, Assert.Single(_logs.Lines), StringComparison.Ordinal);
        Assert.Equal(1, await UnderTest.CountAsync("things"));
    }

    [Fact]
    public async Task Work_staged_after_its_rows_were_taken_is_refused()
    {
        await using var unit = Unit();
        await unit.EnterConsumerAsync(new InboxKey(Guid.NewGuid(), Guid.NewGuid()));
        unit.Execute("INSERT INTO things (name) VALUES ($1)", "a");

        Assert.NotNull(unit.TakeRows());

        Assert.Throws<UnitOfWorkMisuseException>(() => unit.Execute("INSERT INTO things (name) VALUES ($1)", "late"));
    }

    public override async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_committer is not null)
        {
            await _committer.DisposeAsync();
        }

        await base.DisposeAsync();
    }

    private protected UnitOfWork Unit()
    {
        var options = Options.Create(new OutboxOptions { CommitTimeout = TimeSpan.FromSeconds(30) });
        _committer ??= new GroupCommitter(UnderTest.Store.Commits, UnderTest.Store.Health, new OutboxSignal(), new OutboxMetrics(meters: null), options, NullLogger<GroupCommitter>.Instance);
        return new UnitOfWork(_committer, UnderTest.Store.Commits, UnderTest.Store.Dialect, LoggerFactory.Create(l => l.AddProvider(_logs)).CreateLogger<UnitOfWork>());
    }
}
