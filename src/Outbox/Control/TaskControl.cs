using System.Text.Json;
using Messaging.Outbox.Audit;
using Messaging.Outbox.DeadLetters;
using Messaging.Outbox.Staging;
using Messaging.Outbox.Store;
using Messaging.Outbox.Tasks;

namespace Messaging.Outbox.Control;

internal sealed class TaskControl : ITaskControl
{
    private const string TooManySuccessors = "The task has too many successors to cancel at once: cancel it with successors=keep, and then cancel the successors.";

    private readonly UnitOfWork _unit;
    private readonly ISqlDialect _dialect;
    private readonly TaskRetry _retry;
    private readonly TaskRunAgain _runAgain;
    private readonly TimeProvider _time;

    internal TaskControl(UnitOfWork unit, ISqlDialect dialect, DeadLetterControl deadLetters, TaskRunAgain runAgain, TimeProvider time)
    {
        _unit = unit;
        _dialect = dialect;
        _retry = new TaskRetry(unit, dialect, deadLetters);
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

                if (successors == SuccessorPolicy.Cancel && await CancelSql.CountFollowingAsync(transaction, [id], cancellationToken) > TaskLinksSql.MaxFollowing)
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
                    AuditSql.Entry(now, who, AuditActions.CancelTask, id.ToString(), from.ToString(), SuccessorDetails.Of(following)), cancellationToken);
                return new ControlOutcome(ControlResult.Done, from) { Successors = following };
            },
            cancellationToken);

    public Task<ControlOutcome> RetryAsync(Guid id, string who, CancellationToken cancellationToken = default) =>
        WithStateAsync(id, (transaction, from) => _retry.RunAsync(transaction, id, from, who, _time.GetUtcNow(), cancellationToken), cancellationToken);

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
                    : await _retry.RunAsync(transaction, id, from, who: null, now, cancellationToken),
                cancellationToken);
            if (outcome.Result == ControlResult.Done)
            {
                changed.Add(id);
            }
        }

        return changed;
    }

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
}
