using System.Globalization;
using System.Text.Json;
using Messaging.Outbox.Audit;
using Messaging.Outbox.DeadLetters;
using Messaging.Outbox.Staging;
using Messaging.Outbox.Store;
using Messaging.Outbox.Tasks;

namespace Messaging.Outbox.Control;

internal sealed class TaskControl : ITaskControl
{
    /// <summary>Matches rows of the task in the outbox that wait for their due time; both dialects have an index for it.</summary>
    private const string IsWaiting = "message_id = $1 AND waiting = 1";

    private const string TooManySuccessors = "The task has too many successors to cancel at once: cancel it with successors=keep, and then cancel the successors.";
    private const string MessageMissing = "Its message does not exist: it was purged; or, if the task was cancelled just now, the worker has not stored it yet.";

    private const string LetterIsBusy = "Another action decides about its dead letter now. Try again in a moment, if it still waits then.";

    private readonly UnitOfWork _unit;
    private readonly ISqlDialect _dialect;
    private readonly DeadLetterControl _deadLetters;
    private readonly TaskRunAgain _runAgain;
    private readonly TimeProvider _time;

    internal TaskControl(UnitOfWork unit, ISqlDialect dialect, DeadLetterControl deadLetters, TaskRunAgain runAgain, TimeProvider time)
    {
        _unit = unit;
        _dialect = dialect;
        _deadLetters = deadLetters;
        _runAgain = runAgain;
        _time = time;
    }

    public Task<ControlOutcome> CancelAsync(
        Guid id, string who, SuccessorPolicy successors = SuccessorPolicy.Cancel, CancellationToken cancellationToken = default) =>
        WithStateAsync(
            id,
            async (transaction, from) =>
            {
                if (from.HasEnded)
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
                    AuditSql.Entry(now, who, AuditActions.CancelTask, id.ToString(), from.ToString(), Successors(following)), cancellationToken);
                return new ControlOutcome(ControlResult.Done, from) { Successors = following };
            },
            cancellationToken);

    public Task<ControlOutcome> RetryAsync(Guid id, string who, CancellationToken cancellationToken = default) =>
        WithStateAsync(id, (transaction, from) => RetryAsync(transaction, id, from, who, _time.GetUtcNow(), cancellationToken), cancellationToken);

    /// <summary>Cancels tasks that are in one of these states, without an audit entry: the caller writes one for all of them.</summary>
    /// <param name="ids">The tasks.</param>
    /// <param name="onlyIn">The states; none for all.</param>
    /// <param name="successors">What happens to their successors.</param>
    /// <param name="now">The time of the cancellation, and of the entry.</param>
    /// <param name="cancellationToken">Cancels the action.</param>
    /// <returns>Those that this call cancelled, without their successors; and how many were not, because more than 10,000 tasks would have to be cancelled with one.</returns>
    internal Task<(IReadOnlyList<Guid> Cancelled, int TooLarge)> CancelManyAsync(
        IReadOnlyCollection<Guid> ids, IReadOnlyCollection<TaskState> onlyIn, SuccessorPolicy successors, DateTimeOffset now, CancellationToken cancellationToken) =>
        _unit.InTransactionAsync<(IReadOnlyList<Guid>, int)>(
            async transaction =>
            {
                var (cancelled, tooLarge) = (new List<Guid>(), 0);
                foreach (var chunk in ids.Order().Chunk(CancelSql.MaxIds))
                {
                    var large = successors == SuccessorPolicy.Cancel ? await CancelSql.WithTooManyAsync(transaction, chunk, cancellationToken) : [];
                    cancelled.AddRange((await CancelSql.CancelAsync(transaction, [.. chunk.Except(large)], now, _dialect, successors, cancellationToken, onlyIn)).Cancelled);
                    tooLarge += large.Count;
                }

                return (cancelled, tooLarge);
            },
            cancellationToken);

    public Task<RunAgainOutcome> RunAgainAsync(Guid id, string who, JsonElement? message = null, CancellationToken cancellationToken = default) =>
        _runAgain.RunAsync(id, who, message, cancellationToken);

    /// <summary>Retries tasks that are in one of these states, without an audit entry: the caller writes one for all of them.</summary>
    /// <returns>Those that this call changed, without those that were restored together with one of them.</returns>
    internal async Task<IReadOnlyList<Guid>> RetryManyAsync(
        IReadOnlyCollection<Guid> ids, IReadOnlyCollection<TaskState> onlyIn, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var changed = new List<Guid>();
        foreach (var id in ids.Order())
        {
            var outcome = await WithStateAsync(
                id,
                async (transaction, from) => onlyIn.Count > 0 && !onlyIn.Contains(from)
                    ? new ControlOutcome(ControlResult.Unchanged, from)
                    : await RetryAsync(transaction, id, from, who: null, now, cancellationToken),
                cancellationToken);
            if (outcome.Result == ControlResult.Done)
            {
                changed.Add(id);
            }
        }

        return changed;
    }

    /// <param name="transaction">The transaction.</param>
    /// <param name="id">The task.</param>
    /// <param name="from">Its state.</param>
    /// <param name="who">Who requests it; null if the caller writes the audit entry.</param>
    /// <param name="now">The time of the change, and of the entry.</param>
    /// <param name="cancellationToken">Cancels the action.</param>
    /// <returns>Null if the state changed after it was read.</returns>
    private async Task<ControlOutcome?> RetryAsync(
        OutboxTransaction transaction, Guid id, TaskState from, string? who, DateTimeOffset now, CancellationToken cancellationToken)
    {
        switch (from)
        {
            case TaskState.Queued or TaskState.Running:
                return new ControlOutcome(ControlResult.Unchanged, from);
            case TaskState.Failed:
                return await RedriveAsync(transaction, id, from, who, now, cancellationToken);
            case TaskState.Cancelled:
                var revival = new TaskRevival(transaction, _dialect, now, cancellationToken);
                var (result, root, following) = await revival.ReviveAsync(id);
                if (result != ControlResult.Done)
                {
                    return result == ControlResult.Refused ? new ControlOutcome(result, from) { Reason = MessageMissing } : null;
                }

                await RecordRetryAsync(transaction, root, who, from, now, cancellationToken, Successors(following));
                _unit.WakesDispatcher = true;
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
                _unit.WakesDispatcher = true;
                return new ControlOutcome(ControlResult.Done, from);
            default:
                return new ControlOutcome(ControlResult.Refused, from);
        }
    }

    private async Task<ControlOutcome> RedriveAsync(OutboxTransaction transaction, Guid id, TaskState from, string? who, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var query = new DeadLetterQuery { TaskId = id };
        var count = who is null
            ? (await _deadLetters.RedriveAsync(transaction, DeadLetterQuerySql.Filter(query), edit: null, queue: null, now, waits: true, cancellationToken)).Count
            : await _deadLetters.RedriveAsync(query, who, cancellationToken: cancellationToken);
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

    private static string? Successors(int count) => count == 0 ? null : string.Create(CultureInfo.InvariantCulture, $$"""{"successors":{{count}}}""");
}
