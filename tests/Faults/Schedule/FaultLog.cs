using System.Collections.Concurrent;

namespace Messaging.Faults.Schedule;

/// <summary>What an entry of the log is about.</summary>
internal enum FaultKind
{
    /// <summary>A fault begins.</summary>
    Begin,

    /// <summary>It was healed.</summary>
    End,

    /// <summary>A process died without being asked to end.</summary>
    Crash,

    /// <summary>Something that a fault tells of itself.</summary>
    Note,
}

/// <summary>Something that was done to the system, or happened to it.</summary>
internal sealed record FaultEvent(DateTimeOffset At, FaultKind Kind, string What, string Details, bool MayRepeatMail);

/// <summary>The faults of a run, with their times.</summary>
internal sealed class FaultLog(Action<FaultEvent> print)
{
    private readonly ConcurrentQueue<FaultEvent> _events = new();

    public IEnumerable<FaultEvent> Events => _events;

    /// <param name="kind">What it is about.</param>
    /// <param name="what">The fault, or the process.</param>
    /// <param name="details">For whoever reads it.</param>
    /// <param name="mayRepeatMail">Whether it can end a delivery after its mail was sent, or have a message sent twice.</param>
    /// <param name="at">When it happened; default now.</param>
    public void Add(FaultKind kind, string what, string details, bool mayRepeatMail = false, DateTimeOffset? at = null)
    {
        var entry = new FaultEvent(at ?? DateTimeOffset.UtcNow, kind, what, details, mayRepeatMail || kind == FaultKind.Crash);
        _events.Enqueue(entry);
        print(entry);
    }
}
