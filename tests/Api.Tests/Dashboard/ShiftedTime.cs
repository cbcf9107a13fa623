using System.Collections.Concurrent;

namespace Messaging.Api.Tests.Dashboard;

/// <summary>The machine's time and more: what a clock shows later, while timers go on as they do.</summary>
internal sealed class ShiftedTime : TimeProvider
{
    public TimeSpan Shift { get; set; }

    /// <summary>How long each of the timers was to wait.</summary>
    public ConcurrentQueue<TimeSpan> Waits { get; } = new();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Waits.Enqueue(dueTime);
        return base.CreateTimer(callback, state, dueTime, period);
    }

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Shift;
}
