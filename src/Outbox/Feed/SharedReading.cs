using System.Runtime.CompilerServices;

namespace Messaging.Outbox.Feed;

/// <summary>
/// One value that many look at: it is read at most once a second, only while somebody looks, and for a tenth of the time at most. All of them get
/// the same reading, so any number costs the database as much as one.
/// </summary>
/// <param name="read">Reads the value.</param>
/// <param name="versionOf">A short text that is the same for equal values, in every process.</param>
/// <param name="time">The clock.</param>
/// <param name="stopping">Cancelled when the process stops, which ends the streams.</param>
/// <param name="longest">How old a reading that took long may get; ten seconds by default.</param>
internal sealed class SharedReading<T>(Func<CancellationToken, Task<T>> read, Func<T, string> versionOf, TimeProvider time, CancellationToken stopping, TimeSpan? longest = null)
    where T : class
{
    /// <summary>Readings are this far apart at least.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private const int ReadingIsAtMostOneIn = 10;

    /// <summary>Readings that begin in an interval because of changes; further callers wait for its end, and then for one together.</summary>
    private const int MaxAnew = 5;

    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    private readonly TimeSpan _longest = longest ?? TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private State _state = new(0, Value: null, Version: null, IsUnavailable: false);
    private (T Value, long At, TimeSpan For)? _last;
    private Task<T>? _reading;
    private int _followers, _generation, _anew;
    private long _anewSince;
    private bool _isRunning, _hasBegun;

    /// <summary>Whether nobody follows it, and the last reading is too old to be used again.</summary>
    public bool IsIdle
    {
        get
        {
            lock (_lock)
            {
                return _followers == 0 && _reading is null && !IsFresh;
            }
        }
    }

    private bool IsFresh => _last is { } last && time.GetElapsedTime(last.At) < last.For;

    /// <summary>The last reading if it is new enough, or else a new one, which all wait for who ask meanwhile.</summary>
    public Task<T> GetAsync(CancellationToken cancellationToken) => ReadAsync().WaitAsync(cancellationToken);

    /// <summary>The next caller reads anew, because something was changed. Who waits for a reading gets that one.</summary>
    public void Forget()
    {
        lock (_lock)
        {
            _generation++;
            _last = null;
            if (_hasBegun) // one that has not begun will see the change
            {
                (_reading, _hasBegun) = (null, false);
            }
        }
    }

    /// <summary>The value, then each change. It never ends because a reading fails: it says so, and goes on later.</summary>
    /// <param name="lastVersion">The version that the follower has; if it is still the current one, the first event is omitted.</param>
    /// <param name="cancellationToken">Cancels the stream.</param>
    public async IAsyncEnumerable<SharedEvent<T>> FollowAsync(string? lastVersion, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Join();
        try
        {
            long? seen = null;
            for (var state = Volatile.Read(ref _state); !stopping.IsCancellationRequested; state = Volatile.Read(ref _state))
            {
                if (state.Sequence == seen)
                {
                    if (!await IsOverAsync(state.Next.Task, cancellationToken))
                    {
                        yield return new SharedEvent<T>(SharedEventType.Ping, lastVersion, null);
                    }

                    continue;
                }

                if (state.Sequence > seen + 1)
                {
                    yield return new SharedEvent<T>(SharedEventType.Lagged, lastVersion, null);
                }

                seen = state.Sequence;
                if (state.IsUnavailable)
                {
                    yield return new SharedEvent<T>(SharedEventType.Unavailable, lastVersion, null);
                }
                else if (state.Value is not null && state.Version != lastVersion)
                {
                    lastVersion = state.Version;
                    yield return new SharedEvent<T>(SharedEventType.Changed, lastVersion, state.Value);
                }
            }
        }
        finally
        {
            Leave();
        }
    }

    private Task<T> ReadAsync()
    {
        lock (_lock)
        {
            return IsFresh ? Task.FromResult(_last!.Value.Value) : _reading ??= StartAsync(PauseBefore());
        }
    }

    /// <summary>Who changes much, and looks at it each time, makes all others wait a little, and not the database.</summary>
    private TimeSpan PauseBefore()
    {
        var now = time.GetTimestamp();
        if (time.GetElapsedTime(_anewSince, now) >= Interval)
        {
            (_anewSince, _anew) = (now, 0);
        }

        return ++_anew <= MaxAnew ? TimeSpan.Zero : Interval - time.GetElapsedTime(_anewSince, now);
    }

    private Task<T> StartAsync(TimeSpan pause) => Task.Run(() => ReadOnceAsync(pause), CancellationToken.None);

    private async Task<T> ReadOnceAsync(TimeSpan pause)
    {
        await Task.Delay(pause, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var (generation, start) = Begin();
        try
        {
            var value = await read(stopping);
            var wanted = time.GetElapsedTime(start) * ReadingIsAtMostOneIn;
            lock (_lock)
            {
                if (generation == _generation)
                {
                    _last = (value, start, wanted < Interval ? Interval : wanted < _longest ? wanted : _longest);
                }
            }

            return value;
        }
        finally
        {
            lock (_lock)
            {
                if (generation == _generation)
                {
                    (_reading, _hasBegun) = (null, false);
                }
            }
        }
    }

    private (int Generation, long Start) Begin()
    {
        lock (_lock)
        {
            _hasBegun = true;
            return (_generation, time.GetTimestamp());
        }
    }

    /// <summary>Reads until nobody follows any more.</summary>
    private async Task RunAsync()
    {
        while (HasFollowers())
        {
            try
            {
                var value = await ReadAsync();
                Show(new State(0, value, versionOf(value), IsUnavailable: false));
            }
            catch (Exception)
            {
                Show(_state with { IsUnavailable = true }); // a request for the same value has the error
            }

            var pause = _last is { } last ? last.For - time.GetElapsedTime(last.At) : Interval;
            await Task.Delay(pause > TimeSpan.Zero ? pause : Interval, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        if (stopping.IsCancellationRequested)
        {
            Show(_state); // wakes the followers, which then end
        }
    }

    private void Show(State state)
    {
        lock (_lock)
        {
            var shown = _state;
            if (shown.Version != state.Version || shown.IsUnavailable != state.IsUnavailable || stopping.IsCancellationRequested)
            {
                Volatile.Write(ref _state, state with { Sequence = shown.Sequence + 1 });
                shown.Next.TrySetResult();
            }
        }
    }

    private void Join()
    {
        lock (_lock)
        {
            _followers++;
            if (!_isRunning)
            {
                _isRunning = true;
                _state = new State(_state.Sequence + 1, Value: null, Version: null, IsUnavailable: false); // what it was before is too old
                _ = Task.Run(RunAsync);
            }
        }
    }

    private void Leave()
    {
        lock (_lock)
        {
            _followers--;
        }
    }

    private bool HasFollowers()
    {
        lock (_lock)
        {
            return _isRunning = _followers > 0 && !stopping.IsCancellationRequested;
        }
    }

    private async Task<bool> IsOverAsync(Task next, CancellationToken cancellationToken)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var isOver = await Task.WhenAny(next, Task.Delay(Heartbeat, time, enough.Token)) == next;
        await enough.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
        return isOver;
    }

    /// <summary>What followers see. Next is completed when there is another one.</summary>
    private sealed record State(long Sequence, T? Value, string? Version, bool IsUnavailable)
    {
        public TaskCompletionSource Next { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        // A copy waits for its own successor.
        private State(State original)
        {
            (Sequence, Value, Version, IsUnavailable) = (original.Sequence, original.Value, original.Version, original.IsUnavailable);
            Next = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }
}
