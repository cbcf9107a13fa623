using Messaging.Outbox.Store;

namespace Messaging.Outbox.SharedTasks;

/// <summary>SQL of tasks with several consumers; the same in both dialects.</summary>
internal static class TaskShareSql
{
    /// <summary>Reads the state of task <c>$1</c> and locks its row: two consumers that end at once are serialized.</summary>
    public const string Lock = "SELECT state FROM messaging.tasks WHERE id = $1";

    public const string InsertDone = "INSERT INTO messaging.task_consumers (task_id, consumer_id, queue, failed, expected) VALUES ($1, $2, $3, 0, $4) ON CONFLICT DO NOTHING";

    public const string InsertFailed = "INSERT INTO messaging.task_consumers (task_id, consumer_id, queue, failed, expected) VALUES ($1, $2, $3, 1, $4) ON CONFLICT DO NOTHING";

    /// <summary>Removes the failure on queue <c>$2</c>, after it succeeded.</summary>
    public const string DeleteFailed = "DELETE FROM messaging.task_consumers WHERE task_id = $1 AND queue = $2 AND failed = 1";

    public const string Select = "SELECT queue, failed FROM messaging.task_consumers WHERE task_id = $1";

    /// <summary>Deletes the parts once all consumers are done.</summary>
    public const string DeleteAll = "DELETE FROM messaging.task_consumers WHERE task_id = $1";

    /// <summary>
    /// Writes an outcome that does not end the task, because other consumers are not done, or have failed (<c>$8</c> is 1). A
    /// task that failed only on this consumer's queue becomes Queued again.
    /// </summary>
    public static readonly string WritePart =
        $"""
        UPDATE messaging.tasks SET state = CASE WHEN {IsQueuedAgain} THEN {(int)TaskState.Queued} ELSE state END, finished_at = CASE WHEN {IsQueuedAgain} THEN NULL ELSE finished_at END,
            attempts = CASE WHEN attempts > $2 THEN attempts ELSE $2 END, started_at = coalesce($3, started_at), last_error = coalesce($4, last_error),
            result = coalesce($5, result), progress = coalesce($6, progress), progress_text = coalesce($7, progress_text)
        WHERE id = $1 AND state NOT IN ({(int)TaskState.Succeeded}, {(int)TaskState.Cancelled})
        """;

    /// <summary>Removes the failures of the dead letters that action <c>$1</c> redrives.</summary>
    public const string DeleteRedriven =
        """
        DELETE FROM messaging.task_consumers WHERE failed = 1 AND (task_id, queue) IN (
            SELECT task_id, queue FROM messaging.dead_letters WHERE action_id = $1 AND task_id IS NOT NULL)
        """;

    private static string IsQueuedAgain => $"(state = {(int)TaskState.Scheduled} OR state = {(int)TaskState.Failed} AND $8 = 0)";

    public static object?[] Part(TaskOutcome outcome, bool anyFailed) =>
    [
        outcome.Id, outcome.Attempts, StoreTime.Of(outcome.StartedAt), outcome.Error, outcome.Result, outcome.Progress, outcome.ProgressText,
        anyFailed ? 1 : 0,
    ];
}
