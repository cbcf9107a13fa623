using Messaging.Outbox.Audit;
using Messaging.Outbox.Reasons;

namespace Messaging.Outbox.History;

/// <summary>What was done to a task, and how it waited and ended.</summary>
internal static class TimelineSteps
{
    public static TaskTimelineItem Enqueued(TimelineRows rows)
    {
        var who = rows.Audit.FirstOrDefault(entry => entry.Action == AuditActions.AddTask)?.Who;
        var queue = rows.Task.Queue is { } name ? $" for queue {name}" : "";
        return Moment(rows.Task.CreatedAt, TaskTimelineType.Enqueued, $"Enqueued as {rows.Task.Kind}{queue}{Words.By(who)}.") with { Who = who };
    }

    /// <summary>How long it waited for other tasks, and from then on for its first attempt.</summary>
    public static IEnumerable<TaskTimelineItem> Waited(TimelineRows rows, DateTimeOffset? firstStart)
    {
        var since = rows.Task.CreatedAt;
        if (rows.Predecessors.Count > 0)
        {
            var last = rows.Predecessors.MaxBy(p => p.FinishedAt ?? DateTimeOffset.MaxValue)!;
            var isOver = rows.Predecessors.All(p => p.State == TaskState.Succeeded);
            var others = rows.Predecessors.Count == 1 ? $"{last.Kind} {last.Id}" : Words.Count(rows.Predecessors.Count, "task");
            yield return Moment(since, TaskTimelineType.Waited, isOver ? $"Waited for {others}." : $"Comes after {others}, of which not all have succeeded.") with
            {
                Until = isOver ? last.FinishedAt : null,
                TaskId = last.Id,
            };
            since = isOver && last.FinishedAt is { } end ? end : since;
        }

        if (firstStart > since)
        {
            yield return Moment(since, TaskTimelineType.Waited, "Waited for its first attempt.") with { Until = firstStart };
        }
    }

    public static IEnumerable<TaskTimelineItem> Done(TimelineRows rows)
    {
        foreach (var step in rows.Steps)
        {
            yield return step.Kind switch
            {
                InboxKind.Deferred => Moment(step.At, TaskTimelineType.Deferred, "Deferred to another attempt later."),
                InboxKind.Isolated => Moment(step.At, TaskTimelineType.Quarantined, "Quarantined: its isolated execution began."),
                InboxKind.Retried => Retried(step.At, rows.Actions[step.At].FirstOrDefault(entry => AuditEntryOf.Names(entry, rows.Task.Id))?.Who),
                _ => Cancelled(rows, step.At),
            };
        }

        foreach (var entry in rows.Audit.Where(entry => entry.Action == AuditActions.RetryTask && !rows.Steps.Any(step => step.Kind == InboxKind.Retried && step.At == entry.At)))
        {
            yield return Retried(entry.At, entry.Who);
        }

        // A task that was cancelled before its steps were past their retention.
        if (rows.Task is { State: TaskState.Cancelled, FinishedAt: { } end } && !rows.Steps.Any(step => step.Kind == InboxKind.Cancelled && step.At == end))
        {
            yield return Cancelled(rows, end);
        }
    }

    public static IEnumerable<TaskTimelineItem> Letters(TimelineRows rows)
    {
        foreach (var letter in rows.Letters)
        {
            yield return Moment(letter.DeadAt, TaskTimelineType.DeadLettered, $"Dead-lettered on queue {letter.Queue} ({letter.Reason}).") with { Error = letter.Error };
            if (letter.EndedAt is { } at)
            {
                var (type, done) = letter.State == DeadLetterState.Dropped ? (TaskTimelineType.Dropped, (string[])["drop"]) : (TaskTimelineType.Redriven, ["redrive", "retry"]);
                var who = AuditEntryOf.Find(rows.Actions[at], done, letter.Id, rows.Task.Id)?.Who
                    ?? rows.Audit.FirstOrDefault(entry => entry.At == at)?.Who;
                yield return Moment(at, type, $"{(type == TaskTimelineType.Dropped ? "Dropped" : "Redriven")}{Words.By(who)}.") with { Who = who };
            }
        }
    }

    /// <summary>What is known about the time to come, and the end.</summary>
    public static IEnumerable<TaskTimelineItem> Last(TaskRecord task)
    {
        if (task is { NextAttemptAt: { } next, State: TaskState.Retrying })
        {
            yield return Moment(next, TaskTimelineType.RetryDue, $"The attempt after {task.Attempts} is due.");
        }
        else if (task is { NextAttemptAt: { } due, State: TaskState.Scheduled })
        {
            yield return Moment(due, TaskTimelineType.Due, "It is due.");
        }

        if (task is { FinishedAt: { } at, State: TaskState.Succeeded or TaskState.Failed })
        {
            yield return task.State == TaskState.Succeeded
                ? Moment(at, TaskTimelineType.Succeeded, "Succeeded.")
                : Moment(at, TaskTimelineType.Failed, "Failed for good.") with { Error = task.LastError };
        }
    }

    private static TaskTimelineItem Retried(DateTimeOffset at, string? who) => Moment(at, TaskTimelineType.Retried, $"Retried{Words.By(who)}.") with { Who = who };

    private static TaskTimelineItem Cancelled(TimelineRows rows, DateTimeOffset at)
    {
        // Which task it was cancelled with is forgotten when it is restored; then the only action of that time counts.
        var root = at == rows.Task.FinishedAt ? rows.CancelledWith : null;
        var entry = AuditEntryOf.Find(rows.Actions[at], AuditActions.Cancelling, rows.Task.Id, root)
            ?? (rows.Predecessors.Count > 0 ? AuditEntryOf.Only(rows.Actions[at], AuditActions.Cancelling) : null);
        var with = root ?? (entry is { Action: AuditActions.CancelTask } && Guid.TryParse(entry.Target, out var id) && id != rows.Task.Id ? id : null);
        var how = entry?.Action == AuditActions.PurgeQueue ? $"Purged from queue {entry.Target}" : with is { } other ? $"Cancelled with task {other}" : "Cancelled";
        return Moment(at, TaskTimelineType.Cancelled, $"{how}{Words.By(entry?.Who)}.") with { Who = entry?.Who, TaskId = with };
    }

    private static TaskTimelineItem Moment(DateTimeOffset at, TaskTimelineType type, string text) => new() { At = at, Type = type, Text = text };
}
