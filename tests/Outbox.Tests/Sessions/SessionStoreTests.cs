using Messaging.Outbox.Audit;
using Messaging.Outbox.Sessions;
using Messaging.Outbox.Store;
using Messaging.Outbox.Tests.Stores;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.Tests.Sessions;

public sealed class SqliteSessionStoreTests : SessionStoreTests
{
    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();
}

public sealed class PostgresSessionStoreTests : SessionStoreTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();
}

/// <summary>Which sessions are live, and that the table stays small.</summary>
public abstract class SessionStoreTests : StoreSuite
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private SessionStore Sessions => Within(TimeSpan.FromSeconds(30));

    [Fact]
    public async Task A_session_is_live_until_it_expires_or_ends()
    {
        await AddAsync("a", "ann", Noon);
        await AddAsync("b", "bob", Noon.AddHours(1));

        Assert.Equal(["a", "b"], await LiveAsync(Noon.AddHours(2)));
        Assert.Equal(["b"], await LiveAsync(Noon.AddHours(12)));

        await Sessions.EndAsync("b", "bob", Noon.AddHours(2), default);
        await Sessions.EndAsync("b", "bob", Noon.AddHours(3), default);
        Assert.Equal(["a"], await LiveAsync(Noon));

        var log = await new AuditLog(UnderTest.Own).ReadAsync(new AuditFilter());
        Assert.Equal(["session.end bob", "session.start bob", "session.start ann"], log.Select(e => $"{e.Action} {e.Who}"));
    }

    [Fact]
    public async Task A_sign_in_ends_the_oldest_session_of_its_key()
    {
        await AddAsync("other", "bob", Noon);
        for (var i = 0; i <= SessionStore.MaxPerKey; i++)
        {
            await AddAsync($"{i:000}", "ann", Noon.AddSeconds(i));
        }

        var live = await LiveAsync(Noon);

        Assert.Equal(SessionStore.MaxPerKey + 1, live.Count);
        Assert.Contains("other", live);
        Assert.DoesNotContain("000", live);
    }

    [Fact]
    public async Task A_change_waits_no_longer_than_a_commit_may_take()
    {
        await AddAsync("a", "ann", Noon);
        await using var other = await UnderTest.Store.Commits.BeginAsync(default);
        await other.Own.ExecuteAsync("UPDATE messaging.sessions SET who = who", default);

        await Assert.ThrowsAsync<StoreUnavailableException>(() => Within(TimeSpan.FromMilliseconds(100)).EndAsync("a", "ann", Noon, default));
    }

    [Fact]
    public async Task Expired_sessions_are_deleted()
    {
        await AddAsync("old", "ann", Noon);
        await AddAsync("new", "bob", Noon.AddDays(1));
        Assert.Equal(1, await UnderTest.CountAsync(UnderTest.NameOf("sessions")));

        await using var transaction = await UnderTest.Store.Commits.BeginAsync(default);
        foreach (var (sql, parameters) in RetentionSql.Statements(new Retention(Noon, Noon, Noon, Noon, Noon, Noon, Noon), Noon.AddDays(3), UnderTest.Store.Dialect))
        {
            await transaction.Own.ExecuteAsync(sql, default, parameters);
        }

        await transaction.CommitAsync(new StagedWork(), default);
        Assert.Equal(0, await UnderTest.CountAsync(UnderTest.NameOf("sessions")));
    }

    private Task AddAsync(string id, string who, DateTimeOffset at) => Sessions.AddAsync(new Session(id, who, at, at.AddHours(12)), default);

    private async Task<IReadOnlyList<string>> LiveAsync(DateTimeOffset now) => [.. (await Sessions.LiveAsync(now, default)).Order(StringComparer.Ordinal)];

    private SessionStore Within(TimeSpan commitTimeout) =>
        new(UnderTest.Store.Commits, UnderTest.Store.Dialect, UnderTest.Own, Options.Create(new OutboxOptions { CommitTimeout = commitTimeout }));
}
