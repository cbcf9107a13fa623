using Messaging.Outbox.Overview;

namespace Messaging.Outbox.AspNetCore.Queues;

/// <summary>A queue with its recent figures.</summary>
internal record QueueOverview : QueueView
{
    /// <param name="figures">The queue's figures.</param>
    public QueueOverview(QueueFigures figures)
        : base(Of(figures.Queue)) =>
        (AcceptedPerSecond, SucceededPerSecond, FailedPerSecond, Utilisation, Trend, PausedBy, PausedAt) = (
            figures.Rates.AcceptedPerSecond, figures.Rates.SucceededPerSecond, figures.Rates.FailedPerSecond,
            figures.Utilisation, figures.Depths, figures.Pause?.Who, figures.Pause?.At);

    /// <summary>Tasks per second that were accepted in the last full minute.</summary>
    public double AcceptedPerSecond { get; }

    /// <summary>Tasks per second that succeeded in the last full minute.</summary>
    public double SucceededPerSecond { get; }

    /// <summary>Tasks per second that failed in the last full minute.</summary>
    public double FailedPerSecond { get; }

    /// <summary>Messages in flight as a share of what all its workers take at once, 0 to 1; null without a worker.</summary>
    public double? Utilisation { get; }

    /// <summary>The depth at each of the last thirty minutes, the oldest first. A minute without a reading has that of the one before, or 0.</summary>
    public IReadOnlyList<long> Trend { get; }

    /// <summary>The access key that paused it; null if it is not paused, or not known.</summary>
    public string? PausedBy { get; }

    /// <summary>When it was paused; null if it is not paused, or not known.</summary>
    public DateTimeOffset? PausedAt { get; }
}
