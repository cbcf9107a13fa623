using Npgsql;
using static Messaging.Outbox.PostgreSql.Connections.TypedParameter;

namespace Messaging.Outbox.PostgreSql.Tasks;

/// <summary>The statements for the outcomes of tasks and their parameters, one array for each column.</summary>
internal static class OutcomeSql
{
    /// <summary>Skips tasks that were cancelled.</summary>
    public static readonly string Update =
        UpdateTo("o.state", $"{(int)TaskState.Succeeded}, {(int)TaskState.Cancelled}");

    /// <summary>Throws if a task was cancelled: the cast of a string to a number fails.</summary>
    public static readonly string UpdateOfNoneCancelled = UpdateTo(
        $"CASE WHEN tasks.state = {(int)TaskState.Cancelled} THEN ('its task was cancelled: ' || tasks.id)::smallint ELSE o.state END",
        $"{(int)TaskState.Succeeded}");

    /// <summary>
    /// Appended to return what was written. The time since the acceptance goes from the beginning of the transaction that added the task
    /// to this statement, shortly before its commit.
    /// </summary>
    public const string ReturnWritten = " RETURNING tasks.id, tasks.state, clock_timestamp() - tasks.created_at";

    private static string UpdateTo(string state, string final) =>
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

    public static NpgsqlParameter[] Of(List<TaskOutcome> outcomes) =>
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
}
