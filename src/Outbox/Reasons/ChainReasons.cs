using Messaging.Outbox.Audit;
using Messaging.Outbox.Store;

namespace Messaging.Outbox.Reasons;

/// <summary>Tasks that come after others: they wait for them, or one of them failed or was cancelled.</summary>
internal sealed class ChainReasons(OutboxReader store, AuditTrail audit, StoreClock time)
{
    /// <summary>The maximum number of ids in an answer.</summary>
    public const int MaxTasks = 20;

    private const int MaxPredecessors = 1_000, MaxAncestors = 5_000;

    public async Task<IEnumerable<TaskReason>> WaitingAsync(IReadOnlyList<TaskRecord> tasks, CancellationToken cancellationToken)
    {
        if (tasks.Count == 0)
        {
            return [];
        }

        var before = (await store.QueryAsync(
            $"""
            SELECT l.successor, p.id, p.kind, p.state FROM messaging.task_links AS l JOIN messaging.tasks AS p ON p.id = l.predecessor
            WHERE l.successor IN ({SqlFilter.Numbered(tasks.Count)}) AND p.state <> {(int)TaskState.Succeeded} LIMIT {MaxPredecessors}
            """,
            [.. tasks.Select(task => (object?)task.Id)],
            reader => (Successor: reader.GetGuid(0), Id: reader.GetGuid(1), Kind: reader.GetString(2), State: (TaskState)reader.GetInt16(3)),
            cancellationToken)).ToLookup(row => row.Successor);
        var isCut = before.Sum(group => group.Count()) >= MaxPredecessors;
        return tasks.Select(task =>
        {
            var others = before[task.Id].OrderBy(p => p.Id.ToString(), StringComparer.Ordinal).ToList();
            var count = others.Count >= MaxPredecessors ? $"at least {Words.Count(others.Count, "task")}" : Words.Count(others.Count, "task");
            var message = others switch
            {
                [] => isCut ? "It waits for tasks before it." : "It waits for tasks before it, of which none was found that has not succeeded.",
                [var one] => $"It waits for {one.Kind} {one.Id}, which is {one.State}.",
                [var one, ..] => $"It waits for {count} that have not succeeded, among them {one.Kind} {one.Id}, which is {one.State}.",
            };
            return TaskReason.Of(task, TaskReasonCode.WaitsForTasks, message) with
            {
                Advice = others.Count == 0 ? null : $"See why that one is not done: GET /tasks/{others[0].Id}/why.",
                Since = task.CreatedAt,
                Tasks = [.. others.Take(MaxTasks).Select(p => p.Id)],
            };
        });
    }

    public async Task<IEnumerable<TaskReason>> BlockedAsync(IReadOnlyList<TaskRecord> tasks, CancellationToken cancellationToken)
    {
        if (tasks.Count == 0)
        {
            return [];
        }

        var rows = await store.QueryAsync(
            $"""
            WITH RECURSIVE before_it (blocked, id) AS (
                SELECT successor, predecessor FROM messaging.task_links WHERE successor IN ({SqlFilter.Numbered(tasks.Count)})
                UNION SELECT b.blocked, l.predecessor FROM messaging.task_links AS l JOIN before_it AS b ON l.successor = b.id)
            SELECT b.found, b.blocked, t.id, t.kind, t.state, t.finished_at, t.last_error, t.cancelled_with
            FROM (SELECT a.*, row_number() OVER () AS number, count(*) OVER () AS found FROM (SELECT * FROM before_it LIMIT {MaxAncestors + 1}) AS a) AS b
            LEFT JOIN messaging.tasks AS t ON t.id = b.id AND t.state IN ({(int)TaskState.Failed}, {(int)TaskState.Cancelled})
            WHERE t.id IS NOT NULL OR b.number = 1
            """,
            [.. tasks.Select(task => (object?)task.Id)],
            reader => (Found: reader.GetInt64(0), Cause: reader.IsDBNull(2) ? null : new Ancestor(
                reader.GetGuid(1), reader.GetGuid(2), reader.GetString(3), (TaskState)reader.GetInt16(4), reader.Time(5), reader.Text(6), !reader.IsDBNull(7))),
            cancellationToken);
        var isCut = rows.Any(row => row.Found > MaxAncestors);
        var causes = rows.Select(row => row.Cause).OfType<Ancestor>().ToLookup(cause => cause.Blocked);
        var entries = await audit.AtAsync(
            causes.SelectMany(group => group).Where(cause => cause.State == TaskState.Cancelled).Select(cause => cause.FinishedAt).OfType<DateTimeOffset>(), cancellationToken);
        var now = time.GetUtcNow();
        return tasks.Select(task =>
        {
            // The one that was cancelled itself, or failed, comes before those that were cancelled with it.
            var all = causes[task.Id].OrderBy(cause => cause.IsWithAnother).ThenBy(cause => cause.FinishedAt).ToList();
            return all.Count == 0 ? isCut ? Somewhere(task) : Unknown(task) : Blocked(task, all, WhoCancelled(all[0], entries), now);
        });
    }

    private static string? WhoCancelled(Ancestor cause, ILookup<DateTimeOffset, AuditEntry> entries) =>
        cause is { State: TaskState.Cancelled, FinishedAt: { } at } ? entries[at].FirstOrDefault(entry => AuditEntryOf.Names(entry, cause.Id))?.Who : null;

    private static TaskReason Blocked(TaskRecord task, List<Ancestor> causes, string? who, DateTimeOffset now)
    {
        var first = causes[0];
        var at = Words.AtIfKnown(first.FinishedAt, now);
        var what = first.State == TaskState.Failed ? $"failed{at}{Words.Quoted(first.Error)}" : $"was cancelled{Words.By(who)}{at}";
        return TaskReason.Of(
            task,
            TaskReasonCode.BlockedByTask,
            $"{first.Kind} {first.Id}, which comes before it, {what}.{(causes.Count > 1 ? $" {Words.Count(causes.Count - 1, "other task")} before it failed or {(causes.Count == 2 ? "was" : "were")} cancelled as well." : "")}") with
        {
            Advice = $"To go on: POST /tasks/{first.Id}/retry. Or cancel this one: POST /tasks/{task.Id}/cancel.",
            Since = first.FinishedAt,
            Who = who,
            Tasks = [.. causes.Take(MaxTasks).Select(cause => cause.Id)],
        };
    }

    /// <summary>There are too many tasks before it, or before the others of its page: its cause may be among those that were not read.</summary>
    private static TaskReason Somewhere(TaskRecord task) => TaskReason.Of(
        task,
        TaskReasonCode.BlockedByTask,
        $"It is blocked: a task before it has failed or was cancelled{Words.Quoted(task.LastError)}. There are too many before it to say which one.");

    /// <summary>The cause is past its retention; its text is still there.</summary>
    private static TaskReason Unknown(TaskRecord task) => TaskReason.Of(
        task,
        TaskReasonCode.BlockedByTask,
        $"It is blocked{Words.Quoted(task.LastError ?? "A task before it has not succeeded")}. That task is not in the database any more.") with
    {
        Advice = $"It cannot start any more. Cancel it: POST /tasks/{task.Id}/cancel.",
    };

    private sealed record Ancestor(Guid Blocked, Guid Id, string Kind, TaskState State, DateTimeOffset? FinishedAt, string? Error, bool IsWithAnother);
}
