using Messaging.Outbox.Audit;
using Messaging.Outbox.DeadLetters;
using Messaging.Outbox.Payloads;
using Messaging.Outbox.Store;

namespace Messaging.Outbox.Reasons;

/// <summary>How tasks have ended: succeeded, failed with a dead letter or without, or cancelled.</summary>
internal sealed class EndedReasons(OutboxReader store, AuditTrail audit, StoreClock time)
{
    public static TaskReason Succeeded(TaskRecord task, DateTimeOffset now) => TaskReason.Of(
        task,
        TaskReasonCode.Succeeded,
        $"It succeeded{Words.AtIfKnown(task.FinishedAt, now)}, at attempt {task.Attempts}"
        + (task is { StartedAt: { } start, FinishedAt: { } end } ? $", which took {Words.For(end - start)}." : ".")) with
    {
        Since = task.FinishedAt,
    };

    /// <summary>A dead letter that waits for a decision counts before one that was dropped.</summary>
    public async Task<IEnumerable<TaskReason>> FailedAsync(IReadOnlyList<TaskRecord> tasks, CancellationToken cancellationToken)
    {
        if (tasks.Count == 0)
        {
            return [];
        }

        var now = time.GetUtcNow();
        var letters = (await store.QueryAsync(
            $"""
            SELECT task_id, id, state, dead_at, ended_at, error, queue, reason, message_type, metadata FROM messaging.dead_letters
            WHERE task_id IN ({SqlFilter.Numbered(tasks.Count)}) AND state <> {(int)DeadLetterState.Redriven} ORDER BY id DESC LIMIT 1000
            """,
            [.. tasks.Select(task => (object?)task.Id)],
            reader => new Letter(
                reader.GetGuid(0), reader.GetGuid(1), (DeadLetterState)reader.GetInt16(2), reader.Time(3)!.Value, reader.Time(4), reader.Text(5), reader.GetString(6))
            {
                Skipped = reader.GetString(7) == nameof(DeadLetterReason.Skipped) ? (reader.Text(8), TransitTypes.Of(reader.GetString(9), contentType: null, default)) : null,
            },
            cancellationToken)).ToLookup(letter => letter.TaskId);
        var chosen = tasks.Select(task => (Task: task, Letter: letters[task.Id].OrderBy(letter => letter.State).FirstOrDefault())).ToList();
        var entries = await audit.AtAsync(
            chosen.Where(c => c.Letter?.State == DeadLetterState.Dropped).Select(c => c.Letter!.EndedAt).OfType<DateTimeOffset>(), cancellationToken);
        var queues = chosen.Any(c => c.Letter is { State: DeadLetterState.Dead, Skipped: not null }) ? await store.QueryAsync(TakenTypes.Select, [], TakenTypes.Read, cancellationToken) : [];
        return chosen.Select(c => c.Letter switch
        {
            null => Failed(c.Task, now),
            { State: DeadLetterState.Dead, Skipped: { } skipped } letter => NotTaken(c.Task, letter, skipped.Name, skipped.Types.Count == 0 ? [] : [.. TakenTypes.Of(queues, skipped.Types)], now),
            { State: DeadLetterState.Dead } letter => DeadLettered(c.Task, letter, now),
            { EndedAt: var ended } letter => Dropped(
                c.Task, letter, ended is { } at ? AuditEntryOf.Find(entries[at], ["drop"], letter.Id, c.Task.Id)?.Who : null, now),
        });
    }

    public async Task<IEnumerable<TaskReason>> CancelledAsync(IReadOnlyList<TaskRecord> tasks, CancellationToken cancellationToken)
    {
        if (tasks.Count == 0)
        {
            return [];
        }

        var roots = (await store.QueryAsync(
            $"""
            SELECT t.id, t.cancelled_with, r.kind FROM messaging.tasks AS t LEFT JOIN messaging.tasks AS r ON r.id = t.cancelled_with
            WHERE t.id IN ({SqlFilter.Numbered(tasks.Count)}) AND t.cancelled_with IS NOT NULL
            """,
            [.. tasks.Select(task => (object?)task.Id)],
            reader => (Id: reader.GetGuid(0), Root: reader.GetGuid(1), Kind: reader.Text(2)),
            cancellationToken)).ToDictionary(row => row.Id, row => (row.Root, row.Kind));
        var entries = await audit.AtAsync(tasks.Select(task => task.FinishedAt).OfType<DateTimeOffset>(), cancellationToken);
        return tasks.Select(task => Cancelled(
            task, roots.TryGetValue(task.Id, out var root) ? root : null, task.FinishedAt is { } at ? EntryOf(task, root.Root, entries[at]) : null, time.GetUtcNow()));
    }

    /// <summary>The entry that names the task, or the one that it was cancelled with; else the only action of that time that cancels.</summary>
    private static AuditEntry? EntryOf(TaskRecord task, Guid root, IEnumerable<AuditEntry> entries) => AuditEntryOf.Find(
        entries.Where(entry => entry.Action != AuditActions.PurgeQueue || entry.Target == task.Queue || root != Guid.Empty), AuditActions.Cancelling, task.Id, root);

    private static TaskReason Cancelled(TaskRecord task, (Guid Id, string? Kind)? root, AuditEntry? entry, DateTimeOffset now)
    {
        var isPurged = entry?.Action == AuditActions.PurgeQueue && root is null;
        var how = isPurged ? $"It was purged from queue {entry!.Target}" : "It was cancelled";
        var with = root is { } before ? $" with {before.Kind ?? "task"} {before.Id}, which it comes after," : "";
        return TaskReason.Of(
            task,
            TaskReasonCode.Cancelled,
            $"{how}{with}{Words.By(entry?.Who)}{Words.AtIfKnown(task.FinishedAt, now)}.") with
        {
            Advice = isPurged ? "Its message is gone: enqueue the work again if it is still wanted." : $"To bring it back: POST /tasks/{task.Id}/retry.",
            Since = task.FinishedAt,
            Who = entry?.Who,
            Tasks = root is { } other ? [other.Id] : [],
        };
    }

    private static TaskReason DeadLettered(TaskRecord task, Letter letter, DateTimeOffset now) => TaskReason.Of(
        task,
        TaskReasonCode.DeadLettered,
        $"It was dead-lettered on {letter.Queue} at {Words.At(letter.DeadAt, now)} after {Words.Count(task.Attempts, "attempt")}{Words.Quoted(letter.Error ?? task.LastError)}.") with
    {
        Advice = $"Correct the cause, then redrive it: POST /dead-letters/{letter.Id}/redrive; or drop it: POST /dead-letters/{letter.Id}/drop.",
        Since = letter.DeadAt,
        Queue = letter.Queue,
    };

    /// <summary>No consumer of its queue takes it: another attempt there cannot help until one does.</summary>
    private static TaskReason NotTaken(TaskRecord task, Letter letter, string? type, IReadOnlyList<string> takers, DateTimeOffset now) => TaskReason.Of(
        task,
        TaskReasonCode.DeadLettered,
        $"It was dead-lettered on {letter.Queue} at {Words.At(letter.DeadAt, now)}: no consumer of that queue takes messages of type {type ?? "unknown"}.") with
    {
        Advice = (takers.Contains(letter.Queue, StringComparer.Ordinal)
                ? $"A consumer of {letter.Queue} takes them by now: redrive it, POST /dead-letters/{letter.Id}/redrive"
            : takers.Count > 0
                ? $"Redrive it to a queue that takes them ({string.Join(", ", takers)}): POST /dead-letters/{letter.Id}/redrive with {{\"queue\":\"{takers[0]}\"}}"
                : $"Start a worker with a consumer for them, then redrive it: POST /dead-letters/{letter.Id}/redrive")
            + $"; or drop it: POST /dead-letters/{letter.Id}/drop.",
        Since = letter.DeadAt,
        Queue = letter.Queue,
    };

    private static TaskReason Dropped(TaskRecord task, Letter letter, string? who, DateTimeOffset now) => TaskReason.Of(
        task,
        TaskReasonCode.Dropped,
        $"Its dead letter was dropped{Words.By(who)}{Words.AtIfKnown(letter.EndedAt, now)}; it failed after {Words.Count(task.Attempts, "attempt")}{Words.Quoted(letter.Error ?? task.LastError)}.") with
    {
        Since = letter.EndedAt,
        Who = who,
        Queue = letter.Queue,
    };

    private static TaskReason Failed(TaskRecord task, DateTimeOffset now) => TaskReason.Of(
        task,
        TaskReasonCode.Failed,
        $"It failed{Words.AtIfKnown(task.FinishedAt, now)} after {Words.Count(task.Attempts, "attempt")}{Words.Quoted(task.LastError)}. The database has no dead letter of it.") with
    {
        Since = task.FinishedAt,
    };

    private sealed record Letter(Guid TaskId, Guid Id, DeadLetterState State, DateTimeOffset DeadAt, DateTimeOffset? EndedAt, string? Error, string Queue)
    {
        /// <summary>The type of a message that no consumer of its queue took, by its short name and its names on the wire; null for others.</summary>
        public (string? Name, IReadOnlyList<string> Types)? Skipped { get; init; }
    }
}
