namespace Messaging.Outbox.Feed;

/// <summary>
/// One value that many ask for: it is read at most once a second, only when somebody asks, and for a tenth of the time at most. All of them get
/// the same reading, so any number costs the database as much as one.
/// </summary>
/// <param name="read">Reads the value.</param>
/// <param name="time">The clock.</param>
/// <param name="stopping">Cancelled when the process stops.</param>
/// <param name="longest">How old a reading that took long may get; ten seconds by default.</param>
internal sealed class SharedReading<T>(Func<CancellationToken, Task<T>> read, TimeProvider time, CancellationToken stopping, TimeSpan? longest = null)
    where T : class
{
    /// <summary>Readings are this far apart at least.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private const int ReadingIsAtMostOneIn = 10;

    /// <summary>Readings that begin in an interval because of changes; further callers wait for its end, and then for one together.</summary>
    private const int MaxAnew = 5;

    private readonly TimeSpan _longest = longest ?? TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private (T Value, long At, TimeSpan For)? _last;
    private Task<T>? _reading;
    private int _generation, _anew;
    private long _anewSince;
    private bool _hasBegun;

    /// <summary>Whether nobody waits for a reading, and the last one is too old to be used again.</summary>
    public bool IsIdle
    {
        get
        {
            lock (_lock)
            {
                return _reading is null && Left <= TimeSpan.Zero;
            }
        }
    }

    /// <summary>How long the last reading will still be used; zero or less if the next caller reads anew.</summary>
    public TimeSpan FreshFor
    {
        get
        {
            lock (_lock)
            {
                return Left;
            }
        }
    }

    private TimeSpan Left => _last is { } last ? last.For - time.GetElapsedTime(last.At) : TimeSpan.Zero;

    /// <summary>The last reading if it is new enough, or else a new one, which all wait for who ask meanwhile. A caller that gives up does not end it.</summary>
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

    private Task<T> ReadAsync()
    {
        lock (_lock)
        {
            return Left > TimeSpan.Zero ? Task.FromResult(_last!.Value.Value) : _reading ??= StartAsync(PauseBefore());
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
}
