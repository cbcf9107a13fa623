using Messaging.Outbox.Overview;

namespace Messaging.Outbox.AspNetCore.Overview;

/// <summary>Which chart.</summary>
internal sealed record HistoryQuery
{
    /// <summary>Hour: 60 points of a minute. Day: 96 of a quarter of an hour. Week: 84 of two hours. Default Hour.</summary>
    public Name<HistoryWindow>? Window { get; init; }

    /// <summary>Only this queue. Default: all together.</summary>
    [Text(200)]
    public string? Queue { get; init; }
}

/// <summary>What happened to tasks, in equal steps.</summary>
/// <param name="Window">How far back it goes.</param>
/// <param name="Queue">The queue; null for all together.</param>
/// <param name="StepSeconds">The length of a step in seconds.</param>
/// <param name="From">The beginning of the first step.</param>
/// <param name="Points">The steps, the oldest first; the last one is not over.</param>
internal sealed record HistoryView(HistoryWindow Window, string? Queue, int StepSeconds, DateTimeOffset From, IReadOnlyList<HistoryPoint> Points);
