using Messaging.Outbox.Feed;
using Microsoft.Extensions.Time.Testing;

namespace Messaging.Outbox.Tests.Feed;

/// <summary>One value that many look at.</summary>
public sealed class SharedReadingTests : IDisposable
{
    private readonly PausingTime _time = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly FollowedReading<string> _shared;
    private volatile string _value = "a";
    private volatile bool _fails;
    private int _readings;

    public SharedReadingTests() => _shared = new FollowedReading<string>(ReadAsync, value => value, _time, _stopping.Token);

    public void Dispose() => _stopping.Dispose();

    [Fact]
    public async Task Two_hundred_followers_cost_one_reading_a_second()
    {
        var streams = Enumerable.Range(0, 200).Select(_ => Follow()).ToList();
        Assert.All(await NextAsync(streams), e => Assert.Equal((SharedEventType.Changed, "a", "a"), (e.Type, e.Version, e.Value)));
        for (var second = 1; second <= 5; second++)
        {
            _value = $"{second}";
            var next = NextAsync(streams);
            await TickAsync(() => Volatile.Read(ref _readings) > second); // not until all have it, which may take longer than a tick
            Assert.All(await next, e => Assert.Equal($"{second}", e.Value));
            Assert.Equal(second + 1, _readings);
        }

        await Task.WhenAll(streams.Select(s => s.DisposeAsync().AsTask()));
    }

    [Fact]
    public async Task Callers_at_once_wait_for_the_same_reading()
    {
        Assert.All(await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => _shared.GetAsync(default))), value => Assert.Equal("a", value));
        Assert.Equal(1, _readings);
        _value = "b";
        Assert.Equal("a", await _shared.GetAsync(default));

        _time.Advance(SharedReading<string>.Interval);

        Assert.Equal("b", await _shared.GetAsync(default));
        Assert.Equal(2, _readings);
    }

    [Fact]
    public async Task Nobody_looks_and_nothing_is_read()
    {
        await using (var stream = Follow())
        {
            await stream.MoveNextAsync();
        }

        await Eventually.True(
            () =>
            {
                var before = Volatile.Read(ref _readings);
                _time.Advance(TimeSpan.FromSeconds(20));
                return before == Volatile.Read(ref _readings) && _shared.IsIdle;
            },
            "it has ended");
    }

    [Fact]
    public async Task A_follower_that_has_the_version_gets_the_next_change()
    {
        await using var stream = Follow("a");
        var next = stream.MoveNextAsync().AsTask();
        await Eventually.True(() => Volatile.Read(ref _readings) == 1, "it was read");
        Assert.False(next.IsCompleted);

        _value = "b";
        await TickAsync(() => next.IsCompleted);

        Assert.Equal((SharedEventType.Changed, "b"), (stream.Current.Type, stream.Current.Value));
    }

    [Fact]
    public async Task A_failed_reading_is_said_once_and_the_stream_goes_on()
    {
        await using var stream = Follow();
        await stream.MoveNextAsync();
        _fails = true;
        Assert.Equal((SharedEventType.Unavailable, "a"), (await NextAsync(stream)) is var failed ? (failed.Type, failed.Version) : default);
        var next = stream.MoveNextAsync().AsTask();
        var readings = _readings;
        await TickAsync(() => Volatile.Read(ref _readings) >= readings + 2);
        Assert.False(next.IsCompleted);

        (_fails, _value) = (false, "b");
        await TickAsync(() => next.IsCompleted);

        Assert.Equal((SharedEventType.Changed, "b"), (stream.Current.Type, stream.Current.Value));
    }

    [Fact]
    public async Task A_follower_learns_that_it_can_be_read_again_though_nothing_changed()
    {
        await using var stream = Follow();
        await stream.MoveNextAsync();
        _fails = true;
        Assert.Equal(SharedEventType.Unavailable, (await NextAsync(stream)).Type);

        _fails = false;

        Assert.Equal((SharedEventType.Changed, "a", "a"), (await NextAsync(stream)) is var back ? (back.Type, back.Version, back.Value) : default);
    }

    [Fact]
    public async Task A_caller_learns_that_it_cannot_be_read()
    {
        _fails = true;

        await Assert.ThrowsAsync<StoreUnavailableException>(() => _shared.GetAsync(default));

        _fails = false;
        Assert.Equal("a", await _shared.GetAsync(default));
    }

    [Fact]
    public async Task A_slow_follower_lags_and_then_gets_the_newest()
    {
        await using var slow = Follow();
        await using var other = Follow();
        await slow.MoveNextAsync();
        await other.MoveNextAsync();
        foreach (var value in (string[])["b", "c", "d"])
        {
            _value = value;
            Assert.Equal(value, (await NextAsync(other)).Value);
        }

        await slow.MoveNextAsync();
        Assert.Equal((SharedEventType.Lagged, "a"), (slow.Current.Type, slow.Current.Version));
        await slow.MoveNextAsync();
        Assert.Equal("d", slow.Current.Value);
    }

    [Fact]
    public async Task Silence_is_broken_by_a_ping()
    {
        await using var stream = Follow();
        await stream.MoveNextAsync();

        Assert.Equal((SharedEventType.Ping, "a"), (await NextAsync(stream)) is var ping ? (ping.Type, ping.Version) : default);
    }

    [Fact]
    public async Task A_stop_ends_the_streams()
    {
        await using var stream = Follow();
        await stream.MoveNextAsync();
        var end = stream.MoveNextAsync().AsTask();

        await _stopping.CancelAsync();

        Assert.False(await end);
        await using var late = Follow();
        Assert.False(await late.MoveNextAsync());
    }

    [Fact]
    public async Task A_cancelled_caller_does_not_end_the_reading()
    {
        var answer = new TaskCompletionSource<string>();
        var shared = new SharedReading<string>(_ => answer.Task, _time, _stopping.Token);
        using var impatient = new CancellationTokenSource();
        var calls = Enumerable.Range(0, 50).Select(_ => shared.GetAsync(default)).ToList();
        var cancelled = shared.GetAsync(impatient.Token);

        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        answer.SetResult("a");

        Assert.All(await Task.WhenAll(calls), value => Assert.Equal("a", value));
    }

    [Fact]
    public async Task What_was_forgotten_is_read_anew_at_once()
    {
        Assert.Equal("a", await _shared.GetAsync(default));
        _value = "b";

        _shared.Forget();

        Assert.Equal("b", await _shared.GetAsync(default));
        Assert.Equal("b", await _shared.GetAsync(default));
        Assert.Equal(2, _readings);
    }

    [Fact]
    public async Task Many_changes_cost_a_few_readings_a_second()
    {
        for (var change = 0; change < 5; change++)
        {
            _shared.Forget();
            await _shared.GetAsync(default);
        }

        var callers = new List<Task<string>>();
        for (var change = 0; change < 50; change++)
        {
            _value = $"{change}";
            _shared.Forget();
            callers.Add(_shared.GetAsync(default));
        }

        Assert.Equal(5, _readings);
        await TickAsync(() => callers.TrueForAll(caller => caller.IsCompleted));

        Assert.All(await Task.WhenAll(callers), value => Assert.Equal("49", value));
        Assert.Equal(6, _readings);
    }

    [Fact]
    public async Task A_reading_from_before_a_change_serves_nobody_afterwards()
    {
        var answers = new Queue<TaskCompletionSource<string>>([new(), new()]);
        var (old, fresh) = (answers.First(), answers.Last());
        var shared = new SharedReading<string>(_ => answers.Dequeue().Task, _time, _stopping.Token);
        var before = shared.GetAsync(default);
        await Eventually.True(() => answers.Count == 1, "it is being read");

        shared.Forget();
        var after = shared.GetAsync(default);
        await Eventually.True(() => answers.Count == 0, "it is read again");
        old.SetResult("old");
        Assert.Equal("old", await before);
        Assert.False(after.IsCompleted);
        fresh.SetResult("new");

        Assert.Equal("new", await after);
        Assert.Equal("new", await shared.GetAsync(default));
    }

    [Fact]
    public async Task A_key_too_many_is_read_for_its_caller_alone()
    {
        var readings = new SharedReadings<int, string>((key, _) => Task.FromResult($"{key}"), _time, _stopping.Token);
        for (var key = 0; key < SharedReadings<int, string>.MaxKeys + 10; key++)
        {
            Assert.Equal($"{key}", await readings.Of(key).GetAsync(default));
        }

        Assert.Equal(SharedReadings<int, string>.MaxKeys, readings.Count);
    }

    [Fact]
    public async Task Keys_that_nobody_looks_at_are_forgotten()
    {
        var readings = new SharedReadings<int, string>((key, _) => Task.FromResult($"{key}"), _time, _stopping.Token);
        for (var key = 0; key < 3 * SharedReadings<int, string>.MaxIdle; key++)
        {
            Assert.Equal($"{key}", await readings.Of(key).GetAsync(default));
            _time.Advance(TimeSpan.FromSeconds(2));
        }

        Assert.InRange(readings.Count, 1, SharedReadings<int, string>.MaxIdle);
        Assert.Same(readings.Of(1), readings.Of(1));
    }

    private IAsyncEnumerator<SharedEvent<string>> Follow(string? last = null) =>
        _shared.FollowAsync(last, TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);

    private async Task<SharedEvent<string>> NextAsync(IAsyncEnumerator<SharedEvent<string>> stream)
    {
        var next = stream.MoveNextAsync().AsTask();
        await TickAsync(() => next.IsCompleted);
        Assert.True(await next);
        return stream.Current;
    }

    private static async Task<IReadOnlyList<SharedEvent<string>>> NextAsync(IReadOnlyList<IAsyncEnumerator<SharedEvent<string>>> streams)
    {
        Assert.All(await Task.WhenAll(streams.Select(s => s.MoveNextAsync().AsTask())), Assert.True);
        return [.. streams.Select(s => s.Current)];
    }

    /// <summary>
    /// A second passes in each pause of the loop until it has happened; a test counts what one of them did. None passes while it reads: on a
    /// busy machine it would be so many that a ping comes before the change.
    /// </summary>
    private Task TickAsync(Func<bool> hasHappened) => Eventually.True(
        () =>
        {
            if (!hasHappened() && _time.IsInPause)
            {
                _time.Advance(SharedReading<string>.Interval);
            }

            return hasHappened();
        },
        "it happens with time");

    private Task<string> ReadAsync(CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _readings);
        return _fails ? Task.FromException<string>(new StoreUnavailableException("The test wants it.")) : Task.FromResult(_value);
    }

    /// <summary>Knows whether somebody waits for a second to pass.</summary>
    private sealed class PausingTime : FakeTimeProvider
    {
        private int _pauses;

        public bool IsInPause => Volatile.Read(ref _pauses) > 0;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime <= TimeSpan.Zero || dueTime > SharedReading<string>.Interval)
            {
                return base.CreateTimer(callback, state, dueTime, period);
            }

            var timer = base.CreateTimer(End, state, dueTime, period);
            Interlocked.Increment(ref _pauses);
            return timer;

            void End(object? of)
            {
                Interlocked.Decrement(ref _pauses);
                callback(of);
            }
        }
    }
}
