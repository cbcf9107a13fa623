using System.Data.Common;
using Messaging.Outbox.Sessions;
using Messaging.Outbox.Store;
using Messaging.Outbox.Tests.Stores;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Messaging.Outbox.Tests.Sessions;

/// <summary>One reading for all requests of a process.</summary>
public sealed class LiveSessionsTests : StoreSuite
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero));

    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();

    [Fact]
    public async Task Many_requests_read_once_in_five_seconds()
    {
        var (queries, sessions, live) = Make();
        await sessions.AddAsync(New("a"), default);

        for (var i = 0; i < 100; i++)
        {
            Assert.True(await live.ContainsAsync("a", default));
            _time.Advance(TimeSpan.FromMilliseconds(49));
        }

        Assert.Equal(1, queries.Count);
        _time.Advance(LiveSessions.MaxAge);
        Assert.True(await live.ContainsAsync("a", default));
        Assert.Equal(2, queries.Count);
    }

    [Fact]
    public async Task A_session_of_another_process_works_at_once_and_ends_soon()
    {
        var (_, sessions, live) = Make();
        Assert.False(await live.ContainsAsync("a", default));
        _time.Advance(TimeSpan.FromMilliseconds(1));
        await sessions.AddAsync(New("a"), default);
        Assert.True(await live.ContainsAsync("a", default));

        await sessions.EndAsync("a", "ann", _time.GetUtcNow(), default);
        _time.Advance(LiveSessions.MaxAge);

        Assert.False(await live.ContainsAsync("a", default));
    }

    [Fact]
    public async Task Without_the_database_known_sessions_stay_known()
    {
        var (queries, sessions, live) = Make();
        await sessions.AddAsync(New("a"), default);
        Assert.True(await live.ContainsAsync("a", default));
        queries.IsDown = true;
        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.True(await live.ContainsAsync("a", default));
        _time.Advance(TimeSpan.FromMilliseconds(1));
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await live.ContainsAsync("b", default));
    }

    [Fact]
    public async Task A_session_that_ends_during_a_reading_stays_ended()
    {
        var (queries, sessions, live) = Make();
        await sessions.AddAsync(New("a"), default);
        queries.Gate = new TaskCompletionSource();
        var reading = live.ContainsAsync("a", default);
        await queries.HasRead.Task;

        await sessions.EndAsync("a", "ann", _time.GetUtcNow(), default);
        live.Forget();
        queries.Gate.SetResult();
        await reading;

        Assert.False(await live.ContainsAsync("a", default));
    }

    [Fact]
    public async Task A_session_that_ended_here_is_unknown_without_the_database()
    {
        var (queries, sessions, live) = Make();
        await sessions.AddAsync(New("a"), default);
        Assert.True(await live.ContainsAsync("a", default));

        await sessions.EndAsync("a", "ann", _time.GetUtcNow(), default);
        live.Forget();
        queries.IsDown = true;

        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await live.ContainsAsync("a", default));
    }

    [Fact]
    public async Task Requests_do_not_queue_for_a_database_that_is_away()
    {
        var (queries, sessions, live) = Make();
        await sessions.AddAsync(New("a"), default);
        Assert.True(await live.ContainsAsync("a", default));
        _time.Advance(TimeSpan.FromMinutes(1));
        (queries.IsDown, queries.Gate) = (true, new TaskCompletionSource());

        var first = live.ContainsAsync("b", default);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        var later = Enumerable.Range(0, 10).Select(i => live.ContainsAsync(i == 0 ? "a" : "b", default).AsTask()).ToList();
        _time.Advance(TimeSpan.FromMilliseconds(1));
        queries.Gate.SetResult();

        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await first);
        Assert.True(await later[0]);
        foreach (var request in later.Skip(1))
        {
            await Assert.ThrowsAsync<StoreUnavailableException>(() => request);
        }

        Assert.Equal(3, queries.Count); // one before, that of the first, and one for all who came during it
    }

    private Session New(string id) => new(id, "ann", _time.GetUtcNow(), _time.GetUtcNow().AddHours(12));

    private (CountedQueries Queries, SessionStore Store, LiveSessions Live) Make()
    {
        var queries = new CountedQueries(UnderTest.Store.Queries);
        var options = Options.Create(new OutboxOptions { CommitTimeout = TimeSpan.FromSeconds(30) });
        var store = new SessionStore(UnderTest.Store.Commits, UnderTest.Store.Dialect, new OutboxReader(queries, options), options);
        return (queries, store, new LiveSessions(store, new StoreClock(_time)));
    }

    private sealed class CountedQueries(IStoreQueries inner) : IStoreQueries
    {
        public int Count { get; private set; }

        public bool IsDown { get; set; }

        /// <summary>Holds what was read until it is completed.</summary>
        public TaskCompletionSource? Gate { get; set; }

        public TaskCompletionSource HasRead { get; } = new();

        public async Task<IReadOnlyList<T>> QueryAsync<T>(
            string sql, IReadOnlyList<object?> parameters, Func<DbDataReader, T> read, CancellationToken cancellationToken)
        {
            Count++;
            var rows = IsDown ? null : await inner.QueryAsync(sql, parameters, read, cancellationToken);
            HasRead.TrySetResult();
            await (Gate?.Task ?? Task.CompletedTask);
            return rows ?? throw new StoreUnavailableException("down");
        }

        public Task<IReadOnlyList<T>> QueryAsWrittenAsync<T>(
            string sql, IReadOnlyList<object?> parameters, Func<DbDataReader, T> read, CancellationToken cancellationToken) =>
            inner.QueryAsWrittenAsync(sql, parameters, read, cancellationToken);
    }
}
