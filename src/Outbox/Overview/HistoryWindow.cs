namespace Messaging.Outbox.Overview;

/// <summary>How far back a chart goes.</summary>
internal enum HistoryWindow
{
    /// <summary>60 points, a minute each.</summary>
    Hour,

    /// <summary>96 points, a quarter of an hour each.</summary>
    Day,

    /// <summary>84 points, two hours each.</summary>
    Week,
}

/// <summary>What happened to tasks, in equal steps.</summary>
/// <param name="Step">The length of a step.</param>
/// <param name="From">The beginning of the first step.</param>
/// <param name="Points">The steps, the oldest first; the last one is not over.</param>
internal sealed record History(TimeSpan Step, DateTimeOffset From, IReadOnlyList<HistoryPoint> Points);

/// <summary>A step of a chart.</summary>
/// <param name="At">Its beginning.</param>
/// <param name="Accepted">Tasks that were accepted.</param>
/// <param name="Attempts">Attempts that ended.</param>
/// <param name="Succeeded">Tasks that succeeded.</param>
/// <param name="Failed">Tasks that failed, without those that were redriven; may be negative.</param>
/// <param name="Cancelled">Tasks that were cancelled, without those that were retried; may be negative.</param>
/// <param name="P50Seconds">The median of the time from acceptance to effect, of a sample; null without tasks.</param>
/// <param name="P99Seconds">Its 99th percentile; null without tasks.</param>
/// <param name="Depth">The greatest depth of a minute, of all queues together; null if it was not read.</param>
internal sealed record HistoryPoint(
    DateTimeOffset At, long Accepted, long Attempts, long Succeeded, long Failed, long Cancelled, double? P50Seconds, double? P99Seconds, long? Depth);
