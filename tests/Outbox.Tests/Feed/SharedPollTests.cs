using Messaging.Outbox.Feed;
using Messaging.Outbox.Staging;
using Messaging.Outbox.Store;
using Messaging.Outbox.Telemetry;
using Messaging.Outbox.Tests.Stores;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.Tests.Feed;

public sealed class SqliteSharedPollTests : SharedPollTests
{
    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();
}

public sealed class PostgresSharedPollTests : SharedPollTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();
}

/// <summary>However many follow, one poll tells them all, and none of them holds another up.</summary>
public abstract class SharedPollTests : StoreSuite
{
    private readonly LogCapture _logs = new();
    private readonly CancellationTokenSource _deadline = new(TimeSpan.FromMinutes(5)); // it has begun when the database is created

    private static CancellationToken TestEnd => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(200)]
    public async Task Any_number_of_followers_costs_the_statements_of_one(int count)
    {
        var store = WatchedStore.Over(UnderTest.Store.Queries);
        var feed = Feed(store);
        var tasks = await AddAsync(count);
        var streams = tasks.Select(task => feed.Follow(task, lastEventId: null, _deadline.Token).GetAsyncEnumerator(TestEnd))
            .Concat(tasks.Select(_ => feed.FollowAll(lastEventId: null, _deadline.Token).GetAsyncEnumerator(TestEnd))).ToList();
        Assert.All(await Task.WhenAll(streams.Select(s => s.MoveNextAsync().AsTask())), Assert.True);
        var running = streams.Select(s => s.MoveNextAsync().AsTask()).ToList(); // from here on all have joined
        List<IReadOnlyList<object?>> statements = [];
        await Eventually.True(
            () => (statements = [.. store.Statements.SkipWhile(s => !tasks.TrueForAll(task => s.Contains(task.Id))).Take(20)]).Count == 20, "it polls for all");
        await RunAsync(tasks);

        Assert.All(await Task.WhenAll(running), Assert.True);
        Assert.All(streams, stream => Assert.Equal(TaskState.Running, stream.Current.Task!.State));
        Assert.Equal(10, statements.Count(s => tasks.TrueForAll(task => s.Contains(task.Id)))); // all tasks in one
        Assert.Equal(10, statements.Count(s => s[0] is StoreTime)); // and one for those who follow all
        await CloseAsync(streams);
    }

    [Fact]
    public async Task Without_followers_there_is_no_poll()
    {
        var store = WatchedStore.Over(UnderTest.Store.Queries);
        var feed = Feed(store);
        var stream = feed.FollowAll(lastEventId: null, _deadline.Token).GetAsyncEnumerator(TestEnd);
        await stream.MoveNextAsync();
        await stream.DisposeAsync();

        var before = -1;
        await Eventually.True(() => before == (before = store.Statements.Count), "the polls end");

        await feed.FollowAll(lastEventId: null, _deadline.Token).GetAsyncEnumerator(TestEnd).MoveNextAsync();
        Assert.True(store.Statements.Count > before);
    }

    [Fact]
    public async Task A_stream_that_is_not_read_lags_and_blocks_no_other()
    {
        var feed = Feed(WatchedStore.Over(UnderTest.Store.Queries));
        var stuck = feed.FollowAll(lastEventId: null, _deadline.Token).GetAsyncEnumerator(TestEnd);
        var other = feed.FollowAll(lastEventId: null, _deadline.Token).GetAsyncEnumerator(TestEnd);
        await stuck.MoveNextAsync();
        await other.MoveNextAsync();
        var ids = new List<Guid>();
        for (var i = 0; i < ChangesFollower.MaxWaitingPolls + 2; i++)
        {
            ids.Add((await AddAsync(1))[0].Id);
            await other.MoveNextAsync();
            Assert.Equal(ids[^1], other.Current.Task?.Id);
        }

        var seen = new List<Guid?>();
        do
        {
            await stuck.MoveNextAsync();
            seen.Add(stuck.Current.Task?.Id);
        }
        while (!stuck.Current.Lagged);

        Assert.Equal(ids.Take(ChangesFollower.MaxWaitingPolls), seen.SkipLast(1).OfType<Guid>());
        var last = await AddAsync(1);
        await stuck.MoveNextAsync();
        Assert.Equal(last[0].Id, stuck.Current.Task?.Id);
        await CloseAsync([stuck, other]);
    }

    [Fact]
    public async Task Streams_wait_through_an_outage_with_one_warning()
    {
        var store = WatchedStore.Over(UnderTest.Store.Queries);
        var feed = Feed(store);
        var tasks = await AddAsync(1);
        List<IAsyncEnumerator<TaskEvent>> streams =
        [
            feed.Follow(tasks[0], lastEventId: null, _deadline.Token).GetAsyncEnumerator(TestEnd),
            feed.FollowAll(lastEventId: null, _deadline.Token).GetAsyncEnumerator(TestEnd),
        ];
        foreach (var stream in streams)
        {
            await stream.MoveNextAsync();
        }

        var next = streams.Select(s => s.MoveNextAsync().AsTask()).ToList();
        store.IsDown = true;
        store.Statements.Clear();
        await Eventually.True(() => store.Statements.Count > 1, "what began before the outage has ended");
        await RunAsync(tasks);
        await Eventually.True(() => store.Statements.Count > 4, "it has tried again");
        Assert.DoesNotContain(next, task => task.IsCompleted);
        store.IsDown = false;

        Assert.All(await Task.WhenAll(next), Assert.True);
        Assert.All(streams, stream => Assert.Equal(TaskState.Running, stream.Current.Task!.State));
        Assert.Single(_logs.Lines);
        await CloseAsync(streams);
    }

    [Fact]
    public async Task All_followers_that_come_back_cost_one_statement_and_miss_nothing()
    {
        var store = WatchedStore.Over(UnderTest.Store.Queries);
        store.IsDown = true; // until all have joined
        var feed = Feed(store);
        var last = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds().ToString(System.Globalization.CultureInfo.InvariantCulture);
        var tasks = await AddAsync(3);
        var streams = Enumerable.Range(0, 100).Select(_ => feed.FollowAll(last, _deadline.Token).GetAsyncEnumerator(TestEnd)).ToList();
        var first = streams.Select(s => s.MoveNextAsync().AsTask()).ToList();
        store.Statements.Clear();
        await Eventually.True(() => store.Statements.Count >= 2, "a poll has begun that knows all of them"); // the first may have begun before
        store.IsDown = false;

        Assert.All(await Task.WhenAll(first), Assert.True);

        var since = store.Answered.Select(parameters => ((StoreTime)parameters[0]!).Value).ToList();
        Assert.Single(since, time => time < DateTimeOffset.UtcNow.AddSeconds(-5) && time.ToUnixTimeMilliseconds() == long.Parse(last, System.Globalization.CultureInfo.InvariantCulture) - 5_000);
        foreach (var stream in streams)
        {
            Assert.Equal(tasks[0].Id, stream.Current.Task?.Id);
            await stream.MoveNextAsync();
            Assert.Equal(tasks[1].Id, stream.Current.Task?.Id);
        }

        await CloseAsync(streams);
    }

    public override ValueTask DisposeAsync()
    {
        _deadline.Dispose();
        return base.DisposeAsync();
    }

    private static async Task CloseAsync(IEnumerable<IAsyncEnumerator<TaskEvent>> streams)
    {
        foreach (var stream in streams)
        {
            await stream.DisposeAsync();
        }
    }

    private TaskFeed Feed(WatchedStore store)
    {
        var options = Options.Create(new OutboxOptions { EventInterval = TimeSpan.FromMilliseconds(20), CommitTimeout = TimeSpan.FromSeconds(20) });
        var clock = new StoreClock(TimeProvider.System);
        return new TaskFeed(new FeedPoll(store.Store, options, clock, LoggerFactory.Create(b => b.AddProvider(_logs)).CreateLogger<FeedPoll>()), new OutboxMetrics(meters: null), clock);
    }

    private async Task<List<TaskRecord>> AddAsync(int count)
    {
        var messages = Enumerable.Range(0, count).Select(_ => Work.Message() with { TaskKind = "T", MessageId = Guid.CreateVersion7() }).ToList();
        await UnderTest.Store.Commits.CommitAsync([.. messages.Select(m => Work.With(m))], lockWait: null, TestEnd);
        return [.. (await new TaskRows(UnderTest.Store.Queries, Options.Create(new OutboxOptions { CommitTimeout = TimeSpan.FromSeconds(20) })).FindAsync([.. messages.Select(m => m.MessageId)])).OrderBy(t => t.Id)];
    }

    private Task RunAsync(List<TaskRecord> tasks) =>
        UnderTest.Store.Running.MarkRunningAsync([.. tasks.Select(t => new RunningTask(t.Id, 1, DateTimeOffset.UtcNow))], "w", TestEnd);
}
