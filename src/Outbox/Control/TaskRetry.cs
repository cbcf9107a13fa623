using Messaging.Outbox.Audit;
using Messaging.Outbox.DeadLetters;
using Messaging.Outbox.Staging;
using Messaging.Outbox.Store;

namespace Messaging.Outbox.Control;

/// <summary>Makes the next attempt of a task due now, whatever it waits for: its time, a decision about its dead letter, or an end of its cancellation.</summary>
internal sealed class TaskRetry(UnitOfWork unit, ISqlDialect dialect, DeadLetterControl deadLetters)
{
    /// <summary>Matches rows of the task in the outbox that wait for their due time; both dialects have an index for it.</summary>
    private const string IsWaiting = "message_id = $1 AND waiting = 1";

    private const string MessageMissing = "Its message does not exist: it was purged; or, if the task was cancelled just now, the worker has not stored it yet.";
    private const string LetterIsBusy = "Another action decides about its dead letter now. Try again in a moment, if it still waits then.";

    /// <param name="transaction">The transaction.</param>
    /// <param name="id">The task.</param>
    /// <param name="from">Its state.</param>
    /// <param name="who">Who requests it; null if the caller writes the audit entry.</param>
    /// <param name="now">The time of the change, and of the entry.</param>
    /// <param name="cancellationToken">Cancels the action.</param>
    /// <returns>Null if the state changed after it was read.</returns>
    public async Task<ControlOutcome?> RunAsync(
        OutboxTransaction transaction, Guid id, TaskState from, string? who, DateTimeOffset now, CancellationToken cancellationToken)
    {
        switch (from)
        {
            case TaskState.Queued or TaskState.Running:
                return new ControlOutcome(ControlResult.Unchanged, from);
            case TaskState.Failed:
                return await RedriveAsync(transaction, id, from, who, now, cancellationToken);
            case TaskState.Cancelled:
                var revival = new TaskRevival(transaction, dialect, now, cancellationToken);
                var (result, root, following) = await revival.ReviveAsync(id);
                if (result != ControlResult.Done)
                {
                    return result == ControlResult.Refused ? new ControlOutcome(result, from) { Reason = MessageMissing } : null;
                }

                await RecordRetryAsync(transaction, root, who, from, now, cancellationToken, SuccessorDetails.Of(following));
                unit.WakesDispatcher = true;
                return new ControlOutcome(ControlResult.Done, from) { Successors = following };
            case TaskState.Retrying or TaskState.Scheduled:
                var state = from == TaskState.Scheduled ? TaskState.Queued : from;
                if (await transaction.ExecuteAsync(
                    "UPDATE messaging.tasks SET next_attempt_at = $3, state = $4 WHERE id = $1 AND state = $2", cancellationToken, id, from, new StoreTime(now), state) == 0)
                {
                    return null;
                }

                await transaction.ExecuteAsync(
                    $"UPDATE messaging.outbox SET due_at = $2 WHERE due_at > $2 AND {WaitingRow}", cancellationToken, id, new StoreTime(now));
                await RecordRetryAsync(transaction, id, who, from, now, cancellationToken);
                unit.WakesDispatcher = true;
                return new ControlOutcome(ControlResult.Done, from);
            default:
                return new ControlOutcome(ControlResult.Refused, from);
        }
    }

    private async Task<ControlOutcome> RedriveAsync(
        OutboxTransaction transaction, Guid id, TaskState from, string? who, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var query = new DeadLetterQuery { TaskId = id };
        var count = who is null
            ? (await deadLetters.RedriveAsync(transaction, DeadLetterQuerySql.Filter(query), edit: null, queue: null, now, waits: true, cancellationToken)).Count
            : await deadLetters.RedriveAsync(query, who, cancellationToken: cancellationToken);
        if (count > 0)
        {
            return new ControlOutcome(ControlResult.Done, from);
        }

        // Another action has locked it, and may yet fail; or it was dropped, or is in an error queue.
        var dead = await transaction.QueryAsync(
            "SELECT 1 FROM messaging.dead_letters WHERE task_id = $1 AND state = 0", _ => true, cancellationToken, id);
        return new ControlOutcome(ControlResult.Refused, from) { Reason = dead.Count > 0 ? LetterIsBusy : null };
    }

    // A row that a dispatcher has claimed is locked and about to be sent: do not wait for it.
    private string WaitingRow => $"{IsWaiting} AND id IN (SELECT id FROM messaging.outbox WHERE {IsWaiting} {dialect.SkipLocked})";

    /// <summary>The inbox row lets followers of the task see the change.</summary>
    private static async Task RecordRetryAsync(
        OutboxTransaction transaction, Guid id, string? who, TaskState from, DateTimeOffset now, CancellationToken cancellationToken, string? details = null)
    {
        await transaction.ExecuteAsync(
            $"INSERT INTO messaging.inbox (message_id, consumer_id, consumed_at, kind) VALUES ($1, $2, $3, '{InboxKind.Retried}') ON CONFLICT DO NOTHING",
            cancellationToken,
            id,
            DerivedId.Of($"#retry-{now.Ticks}"),
            new StoreTime(now));
        if (who is not null)
        {
            await transaction.WriteAsync(AuditSql.Entry(now, who, AuditActions.RetryTask, id.ToString(), from.ToString(), details), cancellationToken);
        }
    }
}
