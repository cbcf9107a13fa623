using Npgsql;
using static Messaging.Outbox.PostgreSql.PostgresBatch;

namespace Messaging.Outbox.PostgreSql;

/// <summary>What is written for every message: each statement beside its parameters, an array a column.</summary>
internal static class PostgresSql
{
    /// <summary>
    /// For the rest of the transaction rows are found by their keys. A prepared statement keeps its plan until the next ANALYZE; one that was
    /// made while the table was small reads all of it each time, and the first minute of a backlog is when that hurts. So the statements are
    /// written in a way that leaves one plan only (below), which is made once (a small group would have one made each time) and not compiled,
    /// whatever it is believed to cost.
    /// </summary>
    /// <remarks>
    /// With no scan of a table allowed, an index on the key of an equality is still read from end to end if that seems cheap, for a merge
    /// join that is not allowed either. So a key is compared by BETWEEN, a subquery is kept apart by OFFSET 0, and what it finds is an array.
    /// </remarks>
    public const string FindByKeys =
        """
        SELECT set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true),
            set_config('plan_cache_mode', 'force_generic_plan', true), set_config('jit', 'off', true)
        """;

    /// <summary>Throws when one is there already.</summary>
    public const string InsertNewInboxKeys = "INSERT INTO messaging.inbox (message_id, consumer_id) SELECT * FROM unnest($1, $2)";

    public const string InsertInboxKeys = $"{InsertNewInboxKeys} ON CONFLICT (message_id, consumer_id) DO NOTHING";

    public static NpgsqlParameter[] InboxKeys(IReadOnlyCollection<InboxKey> keys) =>
    [
        Parameter(keys.Select(k => k.MessageId).ToArray()),
        Parameter(keys.Select(k => k.ConsumerId).ToArray()),
    ];

    /// <summary>
    /// All inbox keys of these messages, and, without a consumer, the tasks that were cancelled. By the bounds, of all the partitions only those
    /// are opened that the ids are in.
    /// </summary>
    public static readonly string FindDone =
        $"""
        SELECT message_id, consumer_id FROM messaging.inbox WHERE message_id = ANY ($1) AND message_id BETWEEN $2 AND $3
        UNION ALL SELECT id, NULL FROM messaging.tasks WHERE id = ANY ($4) AND id BETWEEN $5 AND $6 AND state = {(int)TaskState.Cancelled}
        """;

    public static NpgsqlParameter[] Done(IReadOnlyCollection<InboxKey> keys, IReadOnlyCollection<Guid> tasks) =>
    [
        .. WithBounds([.. keys.Select(k => k.MessageId)]),
        .. WithBounds([.. tasks]),
    ];

    private static NpgsqlParameter[] WithBounds(Guid[] ids) =>
        [Parameter(ids), Parameter(ids.DefaultIfEmpty().Min()), Parameter(ids.DefaultIfEmpty().Max())];

    // What Npgsql writes as the moment that never comes.
    private static readonly DateTime Infinity = DateTime.SpecifyKind(DateTime.MaxValue, DateTimeKind.Utc);

    // Waiting rows are due at infinity: the success of what they wait for sets the time. What is due at a moment has no delay.
    public const string InsertMessages =
        """
        INSERT INTO messaging.outbox (due_at, message_id, destination, content_type, metadata, body, queue, priority, waiting)
        SELECT greatest(m.due_at, now() + m.delay),
            m.message_id, m.destination, m.content_type, m.metadata, m.body, m.queue, m.priority, m.waiting
        FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
            AS m (delay, message_id, destination, content_type, metadata, body, queue, priority, waiting, due_at)
        """;

    public static NpgsqlParameter[] Messages(List<StagedMessage> messages) =>
    [
        Parameter(messages.Select(m => m.Delay).ToArray()),
        Parameter(messages.Select(m => m.MessageId).ToArray()),
        Parameter(messages.Select(m => m.Destination).ToArray()),
        Parameter(messages.Select(m => m.ContentType).ToArray()),
        Parameter(messages.Select(m => m.Content.Value.Metadata).ToArray()),
        Parameter(messages.Select(m => m.Content.Value.Body).ToArray()),
        Parameter(messages.Select(m => m.Queue).ToArray()),
        Parameter(messages.Select(m => (short)m.Priority).ToArray()),
        Parameter(messages.Select(m => (short)(m.Waits ? 1 : 0)).ToArray()),
        Parameter(messages.Select(m => m.HasPredecessors ? Infinity : m.DueAt?.UtcDateTime).ToArray()),
    ];

    public static readonly string InsertTasks =
        $"""
        INSERT INTO messaging.tasks (id, kind, queue, state, pending, next_attempt_at)
        SELECT t.id, t.kind, t.queue, CASE WHEN t.due_at <= now() THEN {(int)TaskState.Queued} ELSE t.state END, t.pending,
            CASE WHEN t.due_at > now() THEN t.due_at ELSE now() + t.delay END
        FROM unnest($1, $2, $3, $4, $5, $6, $7) AS t (id, kind, queue, state, pending, delay, due_at)
        """;

    public static NpgsqlParameter[] Tasks(List<StagedMessage> tasks) =>
    [
        Parameter(tasks.Select(m => m.MessageId).ToArray()),
        Parameter(tasks.Select(m => m.TaskKind!).ToArray()),
        Parameter(tasks.Select(m => m.Queue).ToArray()),
        Parameter(tasks.Select(m => (short)m.FirstState).ToArray()),
        Parameter(tasks.Select(m => m.Predecessors.Count).ToArray()),
        Parameter(tasks.Select(m => m.FirstState == TaskState.Scheduled && m.DueAt is null ? m.Delay : (TimeSpan?)null).ToArray()),
        Parameter(tasks.Select(m => m.FirstState == TaskState.Scheduled ? m.DueAt?.UtcDateTime : null).ToArray()),
    ];

    /// <summary>Leaves out tasks that were cancelled.</summary>
    public static readonly string UpdateOutcomes =
        UpdateOutcomesTo("o.state", $"{(int)TaskState.Succeeded}, {(int)TaskState.Cancelled}");

    /// <summary>Throws when a task was cancelled: what cannot be a number says so.</summary>
    public static readonly string UpdateOutcomesOfNoneCancelled = UpdateOutcomesTo(
        $"CASE WHEN tasks.state = {(int)TaskState.Cancelled} THEN ('its task was cancelled: ' || tasks.id)::smallint ELSE o.state END",
        $"{(int)TaskState.Succeeded}");

    private static string UpdateOutcomesTo(string state, string final) =>
        $"""
        UPDATE messaging.tasks AS tasks SET state = {state}, attempts = greatest(tasks.attempts, o.attempts),
            started_at = coalesce(o.started_at, tasks.started_at),
            finished_at = CASE WHEN o.state IN ({(int)TaskState.Retrying}, {(int)TaskState.Queued}) THEN NULL ELSE now() END,
            next_attempt_at = now() + o.delay, last_error = coalesce(o.error, tasks.last_error),
            queue = coalesce(o.queue, tasks.queue), result = coalesce(o.result, tasks.result),
            progress = coalesce(o.progress, tasks.progress), progress_text = coalesce(o.progress_text, tasks.progress_text)
        FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
            AS o (id, state, attempts, started_at, delay, error, queue, result, progress, progress_text)
        WHERE tasks.id BETWEEN o.id AND o.id AND tasks.state NOT IN ({final})
        """;

    public static NpgsqlParameter[] Outcomes(List<TaskOutcome> outcomes) =>
    [
        Parameter(outcomes.Select(o => o.Id).ToArray()),
        Parameter(outcomes.Select(o => (short)o.Written!).ToArray()),
        Parameter(outcomes.Select(o => o.Attempts).ToArray()),
        Parameter(outcomes.Select(o => o.StartedAt?.UtcDateTime).ToArray()),
        Parameter(outcomes.Select(o => o.RetryDelay).ToArray()),
        Parameter(outcomes.Select(o => o.Error).ToArray()),
        Parameter(outcomes.Select(o => o.Queue).ToArray()),
        Parameter(outcomes.Select(o => o.Result).ToArray()),
        Parameter(outcomes.Select(o => (short?)o.Progress).ToArray()),
        Parameter(outcomes.Select(o => o.ProgressText).ToArray()),
    ];

    public const string InsertLinks = "INSERT INTO messaging.task_links (predecessor, successor) SELECT * FROM unnest($1, $2)";

    public static NpgsqlParameter[] Links(List<(Guid Predecessor, Guid Successor)> links) =>
    [
        Parameter(links.Select(l => l.Predecessor).ToArray()),
        Parameter(links.Select(l => l.Successor).ToArray()),
    ];

    private const string Successors =
        "unnest($1) AS p (id) CROSS JOIN LATERAL (SELECT successor FROM messaging.task_links WHERE predecessor = p.id OFFSET 0) AS l";

    // Those that had the last of their predecessors in this group become Queued.
    public static readonly string CountDown =
        $"""
        WITH ended AS MATERIALIZED (SELECT l.successor, count(*) AS count FROM {Successors} GROUP BY l.successor)
        UPDATE messaging.tasks AS tasks SET (pending, state) = (
            SELECT tasks.pending - e.count, CASE WHEN tasks.pending <= e.count THEN {(int)TaskState.Queued} ELSE tasks.state END
            FROM ended AS e WHERE e.successor = tasks.id)
        WHERE id = ANY (ARRAY(SELECT successor FROM ended)) AND state IN ({(int)TaskState.Waiting}, {(int)TaskState.Blocked})
        """;

    // By its place, which is the same until the row is gone: whoever else is after a row that waits for others deletes it.
    public static readonly string MakeDue =
        $"""
        UPDATE messaging.outbox SET due_at = now() WHERE ctid = ANY (ARRAY(
            SELECT o.ctid FROM {Successors}
            CROSS JOIN LATERAL (
                SELECT id FROM messaging.tasks WHERE id = l.successor AND pending = 0 AND state = {(int)TaskState.Queued} OFFSET 0) AS t
            CROSS JOIN LATERAL (SELECT ctid FROM messaging.outbox WHERE message_id = t.id AND waiting = 1 OFFSET 0) AS o))
        """;

    public const string InsertAttempts =
        """
        INSERT INTO messaging.task_attempts (task_id, attempt, started_at, ended_at, worker, error) SELECT * FROM unnest($1, $2, $3, $4, $5, $6)
        """;

    public static NpgsqlParameter[] Attempts(List<(Guid Id, TaskAttempt Attempt)> attempts) =>
    [
        Parameter(attempts.Select(a => a.Id).ToArray()),
        Parameter(attempts.Select(a => a.Attempt.Attempt).ToArray()),
        Parameter(attempts.Select(a => a.Attempt.StartedAt.UtcDateTime).ToArray()),
        Parameter(attempts.Select(a => a.Attempt.EndedAt.UtcDateTime).ToArray()),
        Parameter(attempts.Select(a => a.Attempt.Worker).ToArray()),
        Parameter(attempts.Select(a => a.Attempt.Error).ToArray()),
    ];

    public static readonly string MarkRunning =
        $"""
        UPDATE messaging.tasks AS tasks SET state = {(int)TaskState.Running}, attempts = r.attempt, started_at = r.started_at, next_attempt_at = NULL,
            worker = r.worker, progress = r.progress, progress_text = r.progress_text
        FROM unnest($1, $2, $3, $4, $5, $6) AS r (id, attempt, started_at, worker, progress, progress_text)
        WHERE tasks.id BETWEEN r.id AND r.id AND tasks.attempts <= r.attempt AND (tasks.attempts < r.attempt OR tasks.state = {(int)TaskState.Running}
              OR tasks.state = {(int)TaskState.Queued} AND tasks.started_at < r.started_at)
          AND tasks.state IN ({(int)TaskState.Queued}, {(int)TaskState.Running}, {(int)TaskState.Retrying}, {(int)TaskState.Scheduled})
        """;

    public static NpgsqlParameter[] Running(IReadOnlyList<RunningTask> tasks, string worker) =>
    [
        Parameter(tasks.Select(t => t.Id).ToArray()),
        Parameter(tasks.Select(t => t.Attempt).ToArray()),
        Parameter(tasks.Select(t => t.StartedAt.UtcDateTime).ToArray()),
        Parameter(tasks.Select(_ => worker).ToArray()),
        Parameter(tasks.Select(t => (short?)t.Progress).ToArray()),
        Parameter(tasks.Select(t => t.ProgressText).ToArray()),
    ];
}
