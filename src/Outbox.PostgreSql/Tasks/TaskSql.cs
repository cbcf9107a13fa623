using Npgsql;
using static Messaging.Outbox.PostgreSql.Connections.TypedParameter;

namespace Messaging.Outbox.PostgreSql.Tasks;

/// <summary>The statements for new tasks and failed attempts, and their parameters, one array for each column.</summary>
internal static class TaskSql
{
    public static readonly string Insert = InsertWith(column: "", parameter: "");

    /// <summary>For a group in which a task runs another one again.</summary>
    public static readonly string InsertAgain = InsertWith(", run_again_of", ", $10");

    public static NpgsqlParameter[] OfAgain(List<StagedMessage> tasks) => [.. Of(tasks), Parameter(tasks.Select(m => m.Options?.RunAgainOf).ToArray())];

    public static NpgsqlParameter[] Of(List<StagedMessage> tasks) =>
    [
        Parameter(tasks.Select(m => m.MessageId).ToArray()),
        Parameter(tasks.Select(m => m.TaskKind!).ToArray()),
        Parameter(tasks.Select(m => m.Queue).ToArray()),
        Parameter(tasks.Select(m => (short)m.FirstState).ToArray()),
        Parameter(tasks.Select(m => m.Predecessors.Count).ToArray()),
        Parameter(tasks.Select(m => m.FirstState == TaskState.Scheduled && m.DueAt is null ? m.Delay : (TimeSpan?)null).ToArray()),
        Parameter(tasks.Select(m => m.FirstState == TaskState.Scheduled ? m.DueAt?.UtcDateTime : null).ToArray()),
        Parameter(tasks.Select(m => m.TraceId).ToArray()),
        Parameter(tasks.Select(m => m.TraceId is null ? (bool?)null : m.IsTraceRecorded).ToArray()),
    ];

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

    private static string InsertWith(string column, string parameter) =>
        $"""
        INSERT INTO messaging.tasks (id, kind, queue, state, pending, next_attempt_at, trace_id, trace_recorded{column})
        SELECT t.id, t.kind, t.queue, CASE WHEN t.due_at <= now() THEN {(int)TaskState.Queued} ELSE t.state END, t.pending,
            CASE WHEN t.due_at > now() THEN t.due_at ELSE now() + t.delay END, t.trace_id, t.trace_recorded{column}
        FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9{parameter}) AS t (id, kind, queue, state, pending, delay, due_at, trace_id, trace_recorded{column})
        """;
}
