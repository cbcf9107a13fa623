using Messaging.Outbox.Store;

namespace Messaging.Outbox;

/// <summary>
/// What time it is for all processes that share a database: the database's clock. What one process stores and another compares goes by
/// it - due times, retention, the time in an id -, because the clocks of their machines may differ, or jump.
/// </summary>
/// <remarks>
/// PostgreSQL is asked at the start and every <see cref="OutboxOptions.ClockInterval"/>; in between counts what no change of this
/// machine's clock changes. SQLite is on this machine and has its clock. Timers and time stamps are this machine's.
/// </remarks>
public sealed class StoreClock : TimeProvider
{
    // An answer that took longer says too little about when it was given.
    private static readonly TimeSpan LongestAnswer = TimeSpan.FromSeconds(2);

    private readonly TimeProvider _machine;
    private readonly IOutboxStore? _store;
    private readonly TimeSpan _tolerance;
    private Reading? _last;

    /// <summary>The clock of a machine, as it is with SQLite; in a test one that the test sets.</summary>
    public StoreClock(TimeProvider machine)
        : this(machine, store: null, TimeSpan.MaxValue)
    {
    }

    internal StoreClock(TimeProvider machine, IOutboxStore? store, TimeSpan tolerance)
    {
        _machine = machine;
        _store = store?.HasClockOfItsOwn == true ? store : null;
        _tolerance = tolerance;
    }

    /// <inheritdoc />
    public override long TimestampFrequency => _machine.TimestampFrequency;

    /// <inheritdoc />
    public override TimeZoneInfo LocalTimeZone => _machine.LocalTimeZone;

    /// <summary>Whether the database has told its time. Until then this is the machine's clock.</summary>
    public bool IsKnown => _store is null || Volatile.Read(ref _last) is not null;

    /// <summary>By how much this machine's clock is ahead of the database's; negative when it is behind.</summary>
    public TimeSpan Ahead => _machine.GetUtcNow() - GetUtcNow();

    /// <summary>
    /// Why this process has to keep its hands off what goes by the time alone - schedules and retention -, or null. Either clock may be
    /// the wrong one.
    /// </summary>
    public string? Problem => this switch
    {
        { IsKnown: false } => "The database has not told its time yet.",
        { Ahead: var ahead } when ahead.Duration() > _tolerance =>
            $"This machine's clock is {Words(ahead.Duration())} {(ahead > TimeSpan.Zero ? "ahead of" : "behind")} the database's: "
            + $"{_machine.GetUtcNow():yyyy-MM-dd HH:mm:ss} and {GetUtcNow():yyyy-MM-dd HH:mm:ss} UTC. Until they agree to within "
            + $"{Words(_tolerance)} this process runs no schedules and deletes nothing that is past its retention.",
        _ => null,
    };

    /// <inheritdoc />
    public override DateTimeOffset GetUtcNow() =>
        Volatile.Read(ref _last) is { } last ? last.Now + _machine.GetElapsedTime(last.At) : _machine.GetUtcNow();

    /// <inheritdoc />
    public override long GetTimestamp() => _machine.GetTimestamp();

    /// <inheritdoc />
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        _machine.CreateTimer(callback, state, dueTime, period);

    /// <summary>A new id (UUIDv7) with the database's time in it, by which what it names is sorted, paged and kept.</summary>
    public Guid NewId() => Guid.CreateVersion7(GetUtcNow());

    /// <summary>Asks the database what time it is.</summary>
    internal async Task MeasureAsync(CancellationToken cancellationToken)
    {
        if (_store is null)
        {
            return;
        }

        var asked = _machine.GetTimestamp();
        var answer = await _store.NowAsync(cancellationToken);
        var took = _machine.GetElapsedTime(asked);
        var last = Volatile.Read(ref _last);
        if (last is null || took <= LongestAnswer)
        {
            // It was read at some time in between. As long as what is counted on agrees with that, it stays, and does not jitter.
            var counted = last?.Now + _machine.GetElapsedTime(last?.At ?? 0, asked);
            if (counted is null || counted > answer || counted + took < answer)
            {
                Volatile.Write(ref _last, new Reading(answer, asked + (long)(took.TotalSeconds / 2 * TimestampFrequency)));
            }
        }
    }

    private static string Words(TimeSpan time) => time switch
    {
        { TotalDays: >= 2 } => $"{time.TotalDays:0} days",
        { TotalHours: >= 2 } => $"{time.TotalHours:0} hours",
        { TotalMinutes: >= 2 } => $"{time.TotalMinutes:0} minutes",
        _ => $"{time.TotalSeconds:0.#} seconds",
    };

    /// <param name="Now">The database's time.</param>
    /// <param name="At">This machine's time stamp then.</param>
    private sealed record Reading(DateTimeOffset Now, long At);
}
