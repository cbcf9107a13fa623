namespace Messaging.Outbox.Queues;

/// <summary>
/// Spaces messages evenly: each takes the next slot, and slots are one interval apart. Unused slots are lost except for those of
/// the last tenth of a second, so that a pause is not followed by a burst. Not thread-safe: the gate locks.
/// </summary>
internal sealed class RateLimiter(TimeProvider time)
{
    private static readonly TimeSpan Burst = TimeSpan.FromMilliseconds(100);
    private long _next = time.GetTimestamp();

    /// <summary>Messages per second; null means no limit.</summary>
    public double? PerSecond { get; private set; }

    /// <summary>Sets the limit at once: no message waits longer than the new interval.</summary>
    public void Set(double? perSecond)
    {
        if (perSecond == PerSecond)
        {
            return;
        }

        PerSecond = perSecond;
        _next = perSecond is null ? time.GetTimestamp() : Math.Min(_next, time.GetTimestamp() + Interval);
    }

    /// <returns>Zero if the message may pass, and has taken its slot; otherwise the time until the next slot.</returns>
    public TimeSpan Take()
    {
        if (PerSecond is null)
        {
            return TimeSpan.Zero;
        }

        var now = time.GetTimestamp();
        var moment = Math.Max(_next, now - (long)(Burst.TotalSeconds * time.TimestampFrequency));
        if (moment > now)
        {
            return time.GetElapsedTime(now, moment);
        }

        _next = moment + Interval;
        return TimeSpan.Zero;
    }

    private long Interval => (long)(time.TimestampFrequency / PerSecond!.Value);
}
