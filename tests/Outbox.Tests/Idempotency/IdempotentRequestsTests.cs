using Messaging.Outbox.Dispatch;
using Messaging.Outbox.Idempotency;
using Messaging.Outbox.Staging;
using Messaging.Outbox.Store;
using Messaging.Outbox.Telemetry;
using Messaging.Outbox.Tests.Stores;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.Tests.Idempotency;

public sealed class SqliteIdempotentRequestsTests : IdempotentRequestsTests
{
    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();
}

public sealed class PostgresIdempotentRequestsTests : IdempotentRequestsTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();
}

/// <summary>A request has one effect and one answer, on every store.</summary>
public abstract class IdempotentRequestsTests : StoreSuite
{
    private const string Scope = "POST\nk1\nann\n/orders";

    private readonly IOptions<OutboxOptions> _options = Options.Create(new OutboxOptions { CommitTimeout = TimeSpan.FromSeconds(30) });

    [Fact]
    public async Task An_answer_is_stored_with_the_effects_and_read_unchanged()
    {
        var answer = Answer("ä😀");
        await using var committer = Committer();

        Assert.Null(await Requests(committer, out _).FindAsync(Scope));
        Assert.Null(await CommitAsync(committer, "a", answer));

        Assert.Equal(answer, await Requests(committer, out _).FindAsync(Scope));
        Assert.Equal(1, await UnderTest.CountAsync("things"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Of_fifty_at_once_one_commits_and_all_have_its_answer(bool ownTransaction)
    {
        await using var committer = Committer();

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(async i =>
        {
            var mine = Answer($"{i}");
            return await CommitAsync(committer, $"{i}", mine, ownTransaction && i % 2 == 0) is { } first
                ? (Committed: false, Holds: first)
                : (Committed: true, Holds: mine);
        }));

        var winner = Assert.Single(answers, a => a.Committed);
        Assert.All(answers, a => Assert.Equal(winner.Holds, a.Holds));
        Assert.Equal(1, await UnderTest.CountAsync("things"));
        Assert.Equal(1, await UnderTest.CountAsync("things", $"name = '{winner.Holds.Body}'"));
        Assert.Equal(1, await UnderTest.CountAsync("idempotency_answers"));
    }

    [Fact]
    public async Task A_failed_commit_leaves_no_answer_and_no_used_key()
    {
        await using var committer = Committer();
        await UnderTest.ExecuteAsync("INSERT INTO things (name) VALUES ('a')");

        await Assert.ThrowsAnyAsync<Exception>(() => CommitAsync(committer, "a", Answer("1")));
        Assert.Equal(0, await UnderTest.CountAsync("idempotency_answers"));

        Assert.Null(await CommitAsync(committer, "b", Answer("2")));
        Assert.Equal(2, await UnderTest.CountAsync("things"));
    }

    [Fact]
    public async Task A_key_is_free_after_its_retention_and_not_before()
    {
        await using var committer = Committer();
        await Store.Commits.CommitAsync([Work.With(Work.Key())], lockWait: null, default); // of a message
        await CommitAsync(committer, "a", Answer("1"));

        Assert.Equal(0, await CleanUpAsync(DateTimeOffset.UtcNow.AddMinutes(-1)));
        Assert.NotNull(await CommitAsync(committer, "b", Answer("2")));
        Assert.Equal(1, await CleanUpAsync(DateTimeOffset.UtcNow.AddMinutes(1)));
        Assert.Null(await CommitAsync(committer, "c", Answer("3")));

        Assert.Equal(2, await UnderTest.CountAsync("things", "name IN ('a', 'c')"));
        Assert.Equal(2, await UnderTest.CountAsync("inbox"));
    }

    [Fact]
    public async Task Clean_ups_at_once_leave_no_key_without_its_answer()
    {
        await using var committer = Committer();
        await Task.WhenAll(Enumerable.Range(0, 60).Select(i => CommitAsync(committer, $"{i}", Answer("1"), scope: $"{Scope}/{i}")));

        var deleted = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => CleanUpAsync(DateTimeOffset.UtcNow.AddMinutes(1), limit: 10)));

        Assert.InRange(deleted.Sum(), 10, 40);
        Assert.Equal(60 - deleted.Sum(), await UnderTest.CountAsync("idempotency_answers"));
        Assert.Equal(60 - deleted.Sum(), await UnderTest.CountAsync("inbox"));
        Assert.Equal(0, await UnderTest.CountAsync("inbox", "message_id NOT IN (SELECT id FROM idempotency_answers)"));
    }

    private StoreSeams Store => UnderTest.Store;

    private static StoredAnswer Answer(string body) =>
        new() { RequestHash = "h", Status = 202, Location = "/tasks/1", ContentType = "application/json", Body = body };

    private GroupCommitter Committer() => new(Store.Commits, Store.Health, new OutboxSignal(), new OutboxMetrics(meters: null), _options, NullLogger<GroupCommitter>.Instance);

    private IdempotentRequests Requests(GroupCommitter committer, out UnitOfWork unit)
    {
        unit = new UnitOfWork(committer, Store.Commits, Store.Dialect, NullLogger<UnitOfWork>.Instance);
        return new IdempotentRequests(unit, Store.Queries, _options, TimeProvider.System);
    }

    private async Task<StoredAnswer?> CommitAsync(
        GroupCommitter committer, string thing, StoredAnswer answer, bool ownTransaction = false, string scope = Scope)
    {
        var requests = Requests(committer, out var unit);
        await using (unit)
        {
            unit.Execute("INSERT INTO things (name) VALUES ($1)", thing);
            if (ownTransaction)
            {
                await unit.BeginAsync();
            }

            return await requests.TryCommitAsync(scope, answer);
        }
    }

    private async Task<int> CleanUpAsync(DateTimeOffset before, int limit = 1_000)
    {
        var never = DateTimeOffset.UnixEpoch;
        await using var transaction = await Store.Commits.BeginAsync(default);
        var deleted = await IdempotencySql.DeleteAsync(
            transaction.Own, new Retention(never, never, never, never, never, never, before, limit), default);
        await transaction.CommitAsync(new StagedWork(), default);
        return deleted;
    }
}
