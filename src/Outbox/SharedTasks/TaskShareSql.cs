using Messaging.Outbox.Store;

namespace Messaging.Outbox.SharedTasks;

/// <summary>The statements about tasks that several consumers take; the same in both dialects.</summary>
internal static class TaskShareSql
{
    /// <summary>The state of task <c>$1</c>, whose row stays locked: two consumers that end at once come one after the other.</summary>
    public const string Lock = "SELECT state FROM messaging.tasks WHERE id = $1";

    public const string InsertDone = "INSERT INTO messaging.task_consumers (task_id, consumer_id, queue, failed, expected) VALUES ($1, $2, $3, 0, $4) ON CONFLICT DO NOTHING";

    public const string InsertFailed = "INSERT INTO messaging.task_consumers (task_id, consumer_id, queue, failed, expected) VALUES ($1, $2, $3, 1, $4) ON CONFLICT DO NOTHING";

    /// <summary>It succeeded after all, on queue <c>$2</c>.</summary>
    public const string DeleteFailed = "DELETE FROM messaging.task_consumers WHERE task_id = $1 AND queue = $2 AND failed = 1";

    public const string Select = "SELECT queue, failed FROM messaging.task_consumers WHERE task_id = $1";

    /// <summary>All are done: nobody needs to know which any more.</summary>
    public const string DeleteAll = "DELETE FROM messaging.task_consumers WHERE task_id = $1";

    /// <summary>
    /// An outcome that leaves the task where it is, since others are not done, or have failed; <c>$8</c> is 1 for the latter. Otherwise it is
    /// Queued again where only this consumer had been given up.
    /// </summary>
    public static readonly string WritePart =
        $"""
        UPDATE messaging.tasks SET state = CASE WHEN {IsQueuedAgain} THEN {(int)TaskState.Queued} ELSE state END, finished_at = CASE WHEN {IsQueuedAgain} THEN NULL ELSE finished_at END,
            attempts = CASE WHEN attempts > $2 THEN attempts ELSE $2 END, started_at = coalesce($3, started_at), last_error = coalesce($4, last_error),
            result = coalesce($5, result), progress = coalesce($6, progress), progress_text = coalesce($7, progress_text)
        WHERE id = $1 AND state NOT IN ({(int)TaskState.Succeeded}, {(int)TaskState.Cancelled})
        """;

    /// <summary>What action <c>$1</c> has redriven is not given up any more.</summary>
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
