namespace Messaging.Outbox.Queues;

/// <summary>
/// Spaces messages evenly: each takes the next moment on a line of moments that are one interval apart. What was not taken for a
/// while is lost but for a tenth of a second, so that a pause is not followed by a flood. Not thread-safe: its gate locks.
/// </summary>
internal sealed class RateLimiter(TimeProvider time)
{
    private static readonly TimeSpan Burst = TimeSpan.FromMilliseconds(100);
    private long _next = time.GetTimestamp();

    /// <summary>Messages per second; null does not hold anything up.</summary>
    public double? PerSecond { get; private set; }

    /// <summary>Takes effect at once: nobody waits longer than the new interval.</summary>
    public void Set(double? perSecond)
    {
        if (perSecond == PerSecond)
        {
            return;
        }

        PerSecond = perSecond;
        _next = perSecond is null ? time.GetTimestamp() : Math.Min(_next, time.GetTimestamp() + Interval);
    }

    /// <returns>Zero when the message may go, and has taken its moment; otherwise how long until there is one.</returns>
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
