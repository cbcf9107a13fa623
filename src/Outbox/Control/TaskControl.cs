using System.Globalization;
using Messaging.Outbox.Audit;
using Messaging.Outbox.Control;
using Messaging.Outbox.Staging;
using Messaging.Outbox.Store;
using Messaging.Outbox.Tasks;

namespace Messaging.Outbox;

/// <summary>The result of an action on a task.</summary>
public enum ControlResult
{
    /// <summary>The action was executed.</summary>
    Done,

    /// <summary>The task is already in the requested state.</summary>
    Unchanged,

    /// <summary>The task does not exist, or is past its retention.</summary>
    NotFound,

    /// <summary>The action is not allowed in the task's state.</summary>
    Refused,
}

/// <summary>The outcome of an action on a task.</summary>
/// <param name="Result">The result.</param>
/// <param name="From">The state of the task before the action.</param>
public sealed record ControlOutcome(ControlResult Result, TaskState? From)
{
    /// <summary>The number of successors that were cancelled or restored with the task.</summary>
    public int Successors { get; init; }

    /// <summary>Why the action was refused, if the state alone does not explain it.</summary>
    public string? Reason { get; init; }
}

/// <summary>
/// Cancels and retries tasks. The changes belong to the scope's unit of work and are committed with it, together with an audit
/// entry. All actions are idempotent.
/// </summary>
public sealed class TaskControl
{
    /// <summary>Matches rows of the task in the outbox that wait for their due time; both dialects have an index for it.</summary>
    private const string IsWaiting = "message_id = $1 AND waiting = 1";

    private const string TooManySuccessors = "The task has too many successors to cancel at once: cancel it with successors=keep, and then cancel the successors.";
    private const string MessageMissing = "Its message does not exist: it was purged; or, if the task was cancelled just now, the worker has not stored it yet.";

    private static readonly TaskState[] Ended = [TaskState.Succeeded, TaskState.Failed, TaskState.Cancelled];

    private readonly UnitOfWork _unit;
    private readonly ISqlDialect _dialect;
    private readonly DeadLetterControl _deadLetters;
    private readonly TimeProvider _time;

    internal TaskControl(UnitOfWork unit, ISqlDialect dialect, DeadLetterControl deadLetters, TimeProvider time)
    {
        _unit = unit;
        _dialect = dialect;
        _deadLetters = deadLetters;
        _time = time;
    }

    /// <summary>
    /// Cancels a task that has not ended. A waiting task never starts. A running task has its cancellation token cancelled, in
    /// whichever process it runs, and its effects are not committed, even if it ignores the token. Effects outside of the
    /// database, such as a mail, are not undone. The message is kept as long as the task, so that <see cref="RetryAsync"/> can
    /// restore it.
    /// </summary>
    /// <param name="id">The task.</param>
    /// <param name="who">Who requests it; recorded in the audit log.</param>
    /// <param name="successors">What happens to its successors.</param>
    /// <param name="cancellationToken">Cancels the action.</param>
    /// <exception cref="StoreUnavailableException">The database is unavailable.</exception>
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
                    return new ControlOutcome(ControlResult.Refused, from) { Reason = TooManySuccessors };
                }

                // The row decides: an attempt commits only if the task is not cancelled.
                var now = _time.GetUtcNow();
                var (cancelled, following) = await CancelSql.CancelAsync(transaction, [id], now, _dialect, successors, cancellationToken);
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
    /// Makes the next attempt of a Retrying or Scheduled task due now. A Failed task is redriven. A Cancelled task is restored
    /// with everything that was cancelled together with it, including the predecessor whose cancellation caused it. Queued and
    /// Running tasks are not changed.
    /// </summary>
    /// <exception cref="StoreUnavailableException">The database is unavailable.</exception>
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
                        var revival = new TaskRevival(transaction, _dialect, _time.GetUtcNow(), cancellationToken);
                        var (result, root, following) = await revival.ReviveAsync(id);
                        if (result != ControlResult.Done)
                        {
                            return result == ControlResult.Refused ? new ControlOutcome(result, from) { Reason = MessageMissing } : null;
                        }

                        await RecordRetryAsync(transaction, root, who, from, _time.GetUtcNow(), cancellationToken, Successors(following));
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
                            $"UPDATE messaging.outbox SET due_at = $2 WHERE due_at > $2 AND {WaitingRow}", cancellationToken, id, now);
                        await RecordRetryAsync(transaction, id, who, from, now.Value, cancellationToken);
                        _unit.WakesDispatcher = true;
                        return new ControlOutcome(ControlResult.Done, from);
                    default:
                        return new ControlOutcome(ControlResult.Refused, from);
                }
            },
            cancellationToken);

    private async Task<ControlResult> RedriveAsync(OutboxTransaction transaction, Guid id, string who, CancellationToken cancellationToken)
    {
        if (await _deadLetters.RedriveAsync(new DeadLetterQuery { TaskId = id }, who, cancellationToken: cancellationToken) > 0)
        {
            return ControlResult.Done;
        }

        // Another action redrives it already; or it was dropped, or is in an error queue.
        var dead = await transaction.QueryAsync(
            "SELECT 1 FROM messaging.dead_letters WHERE task_id = $1 AND state = 0", _ => true, cancellationToken, id);
        return dead.Count > 0 ? ControlResult.Unchanged : ControlResult.Refused;
    }

    // A row that a dispatcher has claimed is locked and about to be sent: do not wait for it.
    private string WaitingRow => $"{IsWaiting} AND id IN (SELECT id FROM messaging.outbox WHERE {IsWaiting} {_dialect.SkipLocked})";

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

                    // Null: the state changed after it was read.
                    if (await act(transaction, from) is { } outcome)
                    {
                        return outcome;
                    }
                }
            },
            cancellationToken);

    /// <summary>The inbox row lets followers of the task see the change.</summary>
    private static async Task RecordRetryAsync(
        OutboxTransaction transaction, Guid id, string who, TaskState from, DateTimeOffset now, CancellationToken cancellationToken, string? details = null)
    {
        await transaction.ExecuteAsync(
            $"INSERT INTO messaging.inbox (message_id, consumer_id, consumed_at, kind) VALUES ($1, $2, $3, '{InboxKind.Retried}') ON CONFLICT DO NOTHING",
            cancellationToken,
            id,
            DerivedId.Of($"#retry-{now.Ticks}"),
            new StoreTime(now));
        await transaction.WriteAsync(AuditSql.Entry(now, who, "task.retry", id.ToString(), from.ToString(), details), cancellationToken);
    }

    private static string? Successors(int count) => count == 0 ? null : string.Create(CultureInfo.InvariantCulture, $$"""{"successors":{{count}}}""");
}
