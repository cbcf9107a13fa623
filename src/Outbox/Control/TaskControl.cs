using System.Globalization;
using Messaging.Outbox.Audit;
using Messaging.Outbox.Control;
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
public sealed record ControlOutcome(ControlResult Result, TaskState? From)
{
    /// <summary>How many tasks after it were cancelled with it, or came back with it.</summary>
    public int Successors { get; init; }

    /// <summary>Why it was refused, if there is more to say than the state.</summary>
    public string? Reason { get; init; }
}

/// <summary>
/// Cancels tasks and makes them due. Works in the scope's unit of work: it is done, together with its entry in the audit
/// table, when that is committed. Each order is idempotent.
/// </summary>
public sealed class TaskControl
{
    /// <summary>The rows of a task that are still in the outbox because they are due later; both dialects have an index for that.</summary>
    private const string IsWaiting = "message_id = $1 AND waiting = 1";

    private const string TooMany = "More tasks come after it than are cancelled at once: cancel it with successors=keep, and then those.";
    private const string NoMessage = "Its message is not there any more: it was purged. If it was cancelled just now, the worker that it was on its way to has not put it aside yet.";

    private static readonly TaskState[] Ended = [TaskState.Succeeded, TaskState.Failed, TaskState.Cancelled];

    private readonly UnitOfWork _unit;
    private readonly IOutboxStore _store;
    private readonly DeadLetterControl _failures;
    private readonly TimeProvider _time;

    internal TaskControl(UnitOfWork unit, IOutboxStore store, DeadLetterControl failures, TimeProvider time)
    {
        _unit = unit;
        _store = store;
        _failures = failures;
        _time = time;
    }

    /// <summary>
    /// Cancels a task that has not ended. One that waits never starts. One that runs has its token cancelled, in whichever
    /// process it is, and its effects are not committed, whether it looks at its token or not; what it did outside of the
    /// database, such as a mail, stays done. Its message is kept for as long as the task is, so that <see cref="RetryAsync"/> brings it back.
    /// </summary>
    /// <param name="id">The task.</param>
    /// <param name="who">On whose order.</param>
    /// <param name="successors">What becomes of the tasks after it.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="StoreUnavailableException">The database cannot be reached.</exception>
    public Task<ControlOutcome> CancelAsync(
        Guid id, string who, SuccessorPolicy successors = SuccessorPolicy.Cancel, CancellationToken cancellationToken = default) =>
        WithStateAsync(
            id,
            async (transaction, from) =>
            {
                if (Ended.Contains(from))
                {
                    return new ControlOutcome(from == TaskState.Cancelled ? ControlResult.Unchanged : ControlResult.Refused, from);
                }

                if (successors == SuccessorPolicy.Cancel && await CancelSql.CountFollowingAsync(transaction, id, cancellationToken) > TaskLinksSql.MaxFollowing)
                {
                    return new ControlOutcome(ControlResult.Refused, from) { Reason = TooMany };
                }

                // The row decides: an attempt commits only if the task is not cancelled by then.
                var now = _time.GetUtcNow();
                var (cancelled, following) = await CancelSql.CancelAsync(transaction, [id], now, _store, successors, cancellationToken);
                if (cancelled.Count == 0)
                {
                    return null;
                }

                await transaction.WriteAsync(
                    AuditSql.Entry(now, who, "task.cancel", id.ToString(), from.ToString(), Successors(following)), cancellationToken);
                return new ControlOutcome(ControlResult.Done, from) { Successors = following };
            },
            cancellationToken);

    /// <summary>
    /// Makes the next attempt due now: of a task that is Retrying or Scheduled. A Failed one is redriven. A Cancelled one comes back, with all that
    /// was cancelled with it, also the one before it with which it was. One that is Queued or Running is due already.
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
                        return new ControlOutcome(ControlResult.Unchanged, from);
                    case TaskState.Failed:
                        return new ControlOutcome(await RedriveAsync(transaction, id, who, cancellationToken), from);
                    case TaskState.Cancelled:
                        var revival = new TaskRevival(transaction, _store, _time.GetUtcNow(), cancellationToken);
                        var (result, root, following) = await revival.ReviveAsync(id);
                        if (result != ControlResult.Done)
                        {
                            return result == ControlResult.Refused ? new ControlOutcome(result, from) { Reason = NoMessage } : null;
                        }

                        await NoteRetryAsync(transaction, root, who, from, _time.GetUtcNow(), cancellationToken, Successors(following));
                        _unit.WakesDispatcher = true;
                        return new ControlOutcome(ControlResult.Done, from) { Successors = following };
                    case TaskState.Retrying or TaskState.Scheduled:
                        var now = new StoreTime(_time.GetUtcNow());
                        var state = from == TaskState.Scheduled ? TaskState.Queued : from;
                        if (await transaction.ExecuteAsync(
                            "UPDATE messaging.tasks SET next_attempt_at = $3, state = $4 WHERE id = $1 AND state = $2", cancellationToken, id, from, now, state) == 0)
                        {
                            return null;
                        }

                        await transaction.ExecuteAsync(
                            $"UPDATE messaging.outbox SET due_at = $2 WHERE due_at > $2 AND {ItsRow}", cancellationToken, id, now);
                        await NoteRetryAsync(transaction, id, who, from, now.Value, cancellationToken);
                        _unit.WakesDispatcher = true;
                        return new ControlOutcome(ControlResult.Done, from);
                    default:
                        return new ControlOutcome(ControlResult.Refused, from);
                }
            },
            cancellationToken);

    private async Task<ControlResult> RedriveAsync(OutboxTransaction transaction, Guid id, string who, CancellationToken cancellationToken)
    {
        if (await _failures.RedriveAsync(new DeadLetterQuery { TaskId = id }, who, cancellationToken: cancellationToken) > 0)
        {
            return ControlResult.Done;
        }

        // Another order has it in hand; or it was dropped, or lies in an error queue.
        var dead = await transaction.QueryAsync(
            "SELECT 1 FROM messaging.dead_letters WHERE task_id = $1 AND state = 0", _ => true, cancellationToken, id);
        return dead.Count > 0 ? ControlResult.Unchanged : ControlResult.Refused;
    }

    // A row that a dispatcher has in hand is locked, and on its way: nobody waits for it.
    private string ItsRow => $"{IsWaiting} AND id IN (SELECT id FROM messaging.outbox WHERE {IsWaiting} {_store.SkipLocked})";

    private async Task<ControlOutcome> WithStateAsync(
        Guid id, Func<OutboxTransaction, TaskState, Task<ControlOutcome?>> act, CancellationToken cancellationToken) =>
        await _unit.InTransactionAsync(
            async transaction =>
            {
                while (true)
                {
                    var states = await transaction.QueryAsync(
                        "SELECT state FROM messaging.tasks WHERE id = $1", reader => (TaskState)reader.GetInt16(0), cancellationToken, id);
                    if (states is not [var from])
                    {
                        return new ControlOutcome(ControlResult.NotFound, From: null);
                    }

                    // Null: the state has changed since it was read.
                    if (await act(transaction, from) is { } outcome)
                    {
                        return outcome;
                    }
                }
            },
            cancellationToken);

    /// <summary>A row of the inbox tells whoever follows the task that something has become of it.</summary>
    private static async Task NoteRetryAsync(
        OutboxTransaction transaction, Guid id, string who, TaskState from, DateTimeOffset now, CancellationToken cancellationToken, string? details = null)
    {
        await transaction.ExecuteAsync(
            "INSERT INTO messaging.inbox (message_id, consumer_id, consumed_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
            cancellationToken,
            id,
            DerivedId.Of($"#retry-{now.Ticks}"),
            new StoreTime(now));
        await transaction.WriteAsync(AuditSql.Entry(now, who, "task.retry", id.ToString(), from.ToString(), details), cancellationToken);
    }

    private static string? Successors(int count) => count == 0 ? null : string.Create(CultureInfo.InvariantCulture, $$"""{"successors":{{count}}}""");
}
