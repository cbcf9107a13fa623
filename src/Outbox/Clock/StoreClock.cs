using Messaging.Outbox.Store;

namespace Messaging.Outbox;

/// <summary>
/// The clock that all processes of a database share: the database's clock. Times that one process stores and another compares
/// (due times, retention, the time in an id) use it, because the clocks of the machines may differ or jump.
/// </summary>
/// <remarks>
/// PostgreSQL's time is read at the start and every <see cref="OutboxOptions.ClockInterval"/>; in between the clock advances with
/// the machine's monotonic timer, which changes of the machine's clock do not affect. SQLite runs on the same machine and uses
/// its clock. Timers and timestamps are those of the machine.
/// </remarks>
public sealed class StoreClock : TimeProvider
{
    // A slower answer is too inaccurate.
    private static readonly TimeSpan LongestAnswer = TimeSpan.FromSeconds(2);

    private readonly TimeProvider _machine;
    private readonly IStoreTime? _clock;
    // Rows wait for about as long as this anyway when they cannot be sent.
    private static readonly TimeSpan LeastSetback = TimeSpan.FromMinutes(1);

    private readonly TimeSpan _tolerance;
    private Reading? _last, _seen;
    private int _setbacks;

    /// <summary>A clock that uses the machine's, as with SQLite; in a test one that the test sets.</summary>
    public StoreClock(TimeProvider machine)
        : this(machine, clock: null, TimeSpan.MaxValue)
    {
    }

    internal StoreClock(TimeProvider machine, IStoreTime? clock, TimeSpan tolerance)
    {
        _machine = machine;
        _clock = clock?.HasClockOfItsOwn == true ? clock : null;
        _tolerance = tolerance;
    }

    /// <inheritdoc />
    public override long TimestampFrequency => _machine.TimestampFrequency;

    /// <inheritdoc />
    public override TimeZoneInfo LocalTimeZone => _machine.LocalTimeZone;

    /// <summary>Whether the database's time has been read. Until then this is the machine's clock.</summary>
    public bool IsKnown => _clock is null || Volatile.Read(ref _last) is not null;

    /// <summary>By how much this machine's clock is ahead of the database's; negative if it is behind.</summary>
    public TimeSpan Ahead => _machine.GetUtcNow() - GetUtcNow();

    /// <summary>
    /// Why this process must not run what depends only on the time (schedules and retention); null if it may. Either clock can be
    /// the wrong one.
    /// </summary>
    public string? Problem => this switch
    {
        { IsKnown: false } => "The time of the database is not known yet.",
        { Ahead: var ahead } when ahead.Duration() > _tolerance =>
            $"This machine's clock is {Format(ahead.Duration())} {(ahead > TimeSpan.Zero ? "ahead of" : "behind")} the database's: "
            + $"{_machine.GetUtcNow():yyyy-MM-dd HH:mm:ss} and {GetUtcNow():yyyy-MM-dd HH:mm:ss} UTC. Until they agree to within "
            + $"{Format(_tolerance)} this process runs no schedules and deletes nothing that is past its retention.",
        _ => null,
    };

    /// <summary>How often this process has seen that the database's clock was put back by more than a minute.</summary>
    internal int Setbacks => Volatile.Read(ref _setbacks);

    /// <inheritdoc />
    public override DateTimeOffset GetUtcNow() =>
        Volatile.Read(ref _last) is { } last ? last.Now + _machine.GetElapsedTime(last.At) : _machine.GetUtcNow();

    /// <inheritdoc />
    public override long GetTimestamp() => _machine.GetTimestamp();

    /// <inheritdoc />
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        _machine.CreateTimer(callback, state, dueTime, period);

    /// <summary>A new UUIDv7 with the database's time, so that rows sort, page and expire by it.</summary>
    public Guid NewId() => Guid.CreateVersion7(GetUtcNow());

    /// <summary>Reads the database's time.</summary>
    internal async Task MeasureAsync(CancellationToken cancellationToken)
    {
        var asked = _machine.GetTimestamp();
        if (_clock is null)
        {
            Compare(new Reading(_machine.GetUtcNow(), asked));
            return;
        }

        var answer = await _clock.NowAsync(cancellationToken);
        var took = _machine.GetElapsedTime(asked);
        var last = Volatile.Read(ref _last);
        if (last is null || took <= LongestAnswer)
        {
            // The database read its clock at some time during the query. The previous reading is kept as long as it agrees with
            // that, so that the clock does not jitter.
            var counted = last?.Now + _machine.GetElapsedTime(last?.At ?? 0, asked);
            if (counted is null || counted > answer || counted + took < answer)
            {
                Volatile.Write(ref _last, new Reading(answer, asked + (long)(took.TotalSeconds / 2 * TimestampFrequency)));
            }
        }

        Compare(new Reading(answer, asked));
    }

    /// <summary>Counts a clock that is behind what it would be if it had gone on since the last reading.</summary>
    private void Compare(Reading now)
    {
        if (_seen is { } seen && seen.Now + _machine.GetElapsedTime(seen.At, now.At) - now.Now > LeastSetback)
        {
            Interlocked.Increment(ref _setbacks);
        }

        _seen = now;
    }

    private static string Format(TimeSpan time) => time switch
    {
        { TotalDays: >= 2 } => $"{time.TotalDays:0} days",
        { TotalHours: >= 2 } => $"{time.TotalHours:0} hours",
        { TotalMinutes: >= 2 } => $"{time.TotalMinutes:0} minutes",
        _ => $"{time.TotalSeconds:0.#} seconds",
    };

    /// <param name="Now">The database's time.</param>
    /// <param name="At">The machine's timestamp at that time.</param>
    private sealed record Reading(DateTimeOffset Now, long At);
}
