using Messaging.Outbox.Sqlite.Connections;
using Messaging.Outbox.Store;

namespace Messaging.Outbox.Sqlite.Tasks;

/// <summary>Writes the state of running attempts.</summary>
internal sealed class SqliteRunningTasks(SqliteDatabase database) : IRunningTaskStore
{
    public Task MarkRunningAsync(IReadOnlyList<RunningTask> tasks, string worker, CancellationToken cancellationToken) =>
        database.WriteAsync(
            (connection, transaction) => tasks.Sum(task => connection.Execute(
                transaction,
                $"""
                UPDATE messaging.tasks SET state = {(int)TaskState.Running}, attempts = $2, started_at = $3, next_attempt_at = NULL,
                    worker = $4, progress = $5, progress_text = $6
                WHERE id = $1 AND attempts <= $2 AND (attempts < $2 OR state = {(int)TaskState.Running}
                      OR state = {(int)TaskState.Queued} AND started_at < $3)
                  AND state IN ({TaskStates.ActiveSql})
                """,
                task.Id,
                task.Attempt,
                new StoreTime(task.StartedAt),
                worker,
                task.Progress,
                task.ProgressText)),
            cancellationToken);
}
