using Messaging.Outbox.PostgreSql.Connections;
using Messaging.Outbox.Store;
using Npgsql;
using static Messaging.Outbox.PostgreSql.Connections.TypedParameter;

namespace Messaging.Outbox.PostgreSql.Tasks;

/// <summary>Writes the state of running attempts.</summary>
internal sealed class PostgresRunningTasks(PostgresConnections connections) : IRunningTaskStore
{
    public Task MarkRunningAsync(IReadOnlyList<RunningTask> tasks, string worker, CancellationToken cancellationToken) =>
        PostgresErrors.Translate(() => connections.UseAsync(
            async connection =>
            {
                await using var batch = new StatementBatch(connection, connections.Names).Add(QueryPlans.FindByKeys).Add(
                    MarkRunning, Running([.. tasks.OrderBy(t => t.Id)], worker)); // the same order of row locks as for outcomes
                await batch.ExecuteAsync(cancellationToken);
                return true;
            },
            cancellationToken));

    public static readonly string MarkRunning =
        $"""
        UPDATE messaging.tasks AS tasks SET state = {(int)TaskState.Running}, attempts = r.attempt, started_at = r.started_at, next_attempt_at = NULL,
            worker = r.worker, progress = r.progress, progress_text = r.progress_text
        FROM unnest($1, $2, $3, $4, $5, $6) AS r (id, attempt, started_at, worker, progress, progress_text)
        WHERE tasks.id BETWEEN r.id AND r.id AND tasks.attempts <= r.attempt AND (tasks.attempts < r.attempt OR tasks.state = {(int)TaskState.Running}
              OR tasks.state = {(int)TaskState.Queued} AND tasks.started_at < r.started_at)
          AND tasks.state IN ({TaskStates.ActiveSql})
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
