using System.Data.Common;
using Messaging.Outbox.Audit;
using Messaging.Outbox.Inbox;
using Messaging.Outbox.Staging;
using Messaging.Outbox.Store;
using Messaging.Outbox.Tasks;

namespace Messaging.Outbox;

/// <summary>What became of an order about a task.</summary>
public enum ControlResult
{
    /// <summary>It was carried out.</summary>
    Done,

    /// <summary>Things are already as ordered.</summary>
    Unchanged,

    /// <summary>There is no such task, or it is past its retention.</summary>
    NotFound,

    /// <summary>The state that it is in does not allow it.</summary>
    Refused,
}

/// <summary>What became of an order about a task.</summary>
/// <param name="Result">What became of it.</param>
/// <param name="From">The state in which the task was.</param>
public sealed record ControlOutcome(ControlResult Result, TaskState? From);

/// <summary>
/// Cancels tasks and makes them due. Works in the scope's unit of work: it is done, together with its entry in the audit
/// table, when that is committed. Each order is idempotent.
/// </summary>
public sealed class TaskControl
{
    /// <summary>The rows of a task that are still in the outbox because they are due later; both dialects have an index for that.</summary>
    private const string IsWaiting = "message_id = $1 AND waiting = 1";

    private static readonly TaskState[] Ended = [TaskState.Succeeded, TaskState.Failed, TaskState.Cancelled];

    private readonly UnitOfWork _unit;
    private readonly IOutboxStore _store;
    private readonly Failures _failures;
    private readonly TimeProvider _time;

    internal TaskControl(UnitOfWork unit, IOutboxStore store, Failures failures, TimeProvider time)
    {
        _unit = unit;
        _store = store;
        _failures = failures;
        _time = time;
    }

    /// <summary>
    /// Cancels a task that has not ended. One that waits never starts. One that runs has its token cancelled, in whichever
    /// process it is, and its effects are not committed, whether it looks at its token or not; what it did outside of the
    /// database, such as a mail, stays done. The tasks after it are Blocked.
    /// </summary>
    /// <exception cref="StoreUnavailableException">The database cannot be reached.</exception>
    public Task<ControlOutcome> CancelAsync(Guid id, string who, CancellationToken cancellationToken = default) =>
        WithStateAsync(
            id,
            async (transaction, from) =>
            {
                if (Ended.Contains(from))
                {
                    return from == TaskState.Cancelled ? ControlResult.Unchanged : ControlResult.Refused;
                }

                // The row decides: an attempt commits only if the task is not cancelled by then.
                var now = _time.GetUtcNow();
                if ((await CancelSql.CancelAsync(transaction, [id], now, cancellationToken)).Count == 0)
                {
                    return null;
                }

                await transaction.ExecuteAsync($"DELETE FROM outbox WHERE {ItsRow}", cancellationToken, id);
                await transaction.WriteAsync(AuditSql.Entry(now, who, "task.cancel", id.ToString(), from.ToString()), cancellationToken);
                return ControlResult.Done;
            },
            cancellationToken);

    /// <summary>
    /// Makes the next attempt due now: of a task that is Retrying or Scheduled. A Failed one is redriven. One that is Queued or
    /// Running is due already.
    /// </summary>
    /// <exception cref="StoreUnavailableException">The database cannot be reached.</exception>
    public Task<ControlOutcome> RetryAsync(Guid id, string who, CancellationToken cancellationToken = default) =>
        WithStateAsync(
            id,
            async (transaction, from) =>
            {
                switch (from)
                {
                    case TaskState.Queued or TaskState.Running:
                        return ControlResult.Unchanged;
                    case TaskState.Failed:
                        return await RedriveAsync(transaction, id, who, cancellationToken);
                    case TaskState.Retrying or TaskState.Scheduled:
                        var now = new StoreTime(_time.GetUtcNow());
                        var state = from == TaskState.Scheduled ? TaskState.Queued : from;
                        if (await transaction.ExecuteAsync(
                            "UPDATE tasks SET next_attempt_at = $3, state = $4 WHERE id = $1 AND state = $2", cancellationToken, id, from, now, state) == 0)
                        {
                            return null;
                        }

                        await transaction.ExecuteAsync(
                            $"UPDATE outbox SET due_at = $2 WHERE due_at > $2 AND {ItsRow}", cancellationToken, id, now);
                        await NoteRetryAsync(transaction, id, who, from, now.Value, cancellationToken);
                        _unit.WakesDispatcher = true;
                        return ControlResult.Done;
                    default:
                        return ControlResult.Refused;
                }
            },
            cancellationToken);

    private async Task<ControlResult> RedriveAsync(DbTransaction transaction, Guid id, string who, CancellationToken cancellationToken)
    {
        if (await _failures.RedriveAsync(new FailureQuery { TaskId = id }, who, cancellationToken: cancellationToken) > 0)
        {
            return ControlResult.Done;
        }

        // Another order has it in hand; or it was dropped, or lies in an error queue.
        var dead = await transaction.QueryAsync(
            "SELECT 1 FROM dead_letters WHERE task_id = $1 AND state = 0", _ => true, cancellationToken, id);
        return dead.Count > 0 ? ControlResult.Unchanged : ControlResult.Refused;
    }

    // A row that a dispatcher has in hand is locked, and on its way: nobody waits for it.
    private string ItsRow => $"{IsWaiting} AND id IN (SELECT id FROM outbox WHERE {IsWaiting} {_store.SkipLocked})";

    private async Task<ControlOutcome> WithStateAsync(
        Guid id, Func<DbTransaction, TaskState, Task<ControlResult?>> act, CancellationToken cancellationToken) =>
        await _unit.InTransactionAsync(
            async transaction =>
            {
                while (true)
                {
                    var states = await transaction.QueryAsync(
                        "SELECT state FROM tasks WHERE id = $1", reader => (TaskState)reader.GetInt16(0), cancellationToken, id);
                    if (states is not [var from])
                    {
                        return new ControlOutcome(ControlResult.NotFound, From: null);
                    }

                    // Null: the state has changed since it was read.
                    if (await act(transaction, from) is { } result)
                    {
                        return new ControlOutcome(result, from);
                    }
                }
            },
            cancellationToken);

    /// <summary>A row of the inbox tells whoever follows the task that something has become of it.</summary>
    private static async Task NoteRetryAsync(
        DbTransaction transaction, Guid id, string who, TaskState from, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await transaction.ExecuteAsync(
            "INSERT INTO inbox (message_id, consumer_id, consumed_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
            cancellationToken,
            id,
            DerivedId.Of($"#retry-{now.Ticks}"),
            new StoreTime(now));
        await transaction.WriteAsync(AuditSql.Entry(now, who, "task.retry", id.ToString(), from.ToString()), cancellationToken);
    }
}
