namespace Messaging.Outbox;

/// <summary>What has happened to a task.</summary>
/// <param name="Items">The items, oldest first.</param>
/// <param name="IsComplete">
/// False if rows are missing: there are more than are read (200 attempts, 100 dead letters, 300 other steps), or the task is older than
/// <see cref="OutboxOptions.InboxRetention"/>.
/// </param>
public sealed record TaskTimeline(IReadOnlyList<TaskTimelineItem> Items, bool IsComplete);

/// <summary>One thing that has happened to a task, that is happening, or whose time is known.</summary>
public sealed record TaskTimelineItem
{
    /// <summary>When it happened or began.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>When it ended; null for a moment, and for what has not ended.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>What it is.</summary>
    public required TaskTimelineType Type { get; init; }

    /// <summary>It in a few words.</summary>
    public required string Text { get; init; }

    /// <summary>The number of the attempt.</summary>
    public int? Attempt { get; init; }

    /// <summary>The process that ran it.</summary>
    public string? Worker { get; init; }

    /// <summary>The error.</summary>
    public string? Error { get; init; }

    /// <summary>Who did it: the name of an access key, as in the audit log.</summary>
    public string? Who { get; init; }

    /// <summary>Another task that it is about.</summary>
    public Guid? TaskId { get; init; }

    /// <summary>How long it took, in seconds; null if it is a moment or has not ended.</summary>
    public double? Seconds => Until is { } end ? Math.Round(Math.Max(0, (end - At).TotalSeconds), 3) : null;
}
