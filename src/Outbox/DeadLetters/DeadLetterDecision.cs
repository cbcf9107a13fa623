using Messaging.Outbox.Payloads;
using Messaging.Outbox.SharedTasks;
using Messaging.Outbox.Store;
using Messaging.Outbox.Tasks;

namespace Messaging.Outbox.DeadLetters;

/// <summary>
/// Redrives or drops dead letters inside a transaction, at most <see cref="IDeadLetterControl.MaxAtOnce"/>.
/// </summary>
/// <param name="transaction">The transaction.</param>
/// <param name="dialect">The store, for its dialect.</param>
/// <param name="bodies">Applies edits.</param>
/// <param name="now">The time of the decision.</param>
/// <param name="waits">
/// Whether it waits for those that another transaction has locked. Else they are skipped, which is for a call that is repeated for the rest, and not for
/// a search that does not come back to them.
/// </param>
/// <param name="cancellationToken">Cancels the statements.</param>
internal sealed class DeadLetterDecision(OutboxTransaction transaction, ISqlDialect dialect, EditedBodies bodies, DateTimeOffset now, bool waits, CancellationToken cancellationToken)
{
    private readonly Guid _action = Guid.CreateVersion7(now);

    /// <param name="filter">Which ones.</param>
    /// <param name="edit">Replaces the body that is sent.</param>
    /// <param name="queue">
    /// The queue to which they go; null for their own. Messages of types that it does not take stay, and those of tasks with several consumers, because
    /// each queue has its own.
    /// </param>
    /// <returns>The redriven dead letters.</returns>
    /// <exception cref="UnknownQueueException">No worker has reported the queue.</exception>
    public async Task<IReadOnlyList<DecidedLetter>> RedriveAsync(SqlFilter filter, DeadLetterEdit? edit, string? queue)
    {
        if (queue is not null)
        {
            filter.And(OtherQueue.CanGo);
            TakenTypes.Match(filter, await OtherQueue.CheckAsync(transaction, queue, cancellationToken), dialect);
        }

        var ended = await EndAsync(filter, DeadLetterState.Redriven);
        if (ended.Count == 0)
        {
            return ended;
        }

        if (edit is not null)
        {
            ended = await EditAsync(ended, edit.Content);
        }

        if (queue is not null)
        {
            await OtherQueue.RedirectAsync(transaction, _action, queue, cancellationToken);
        }

        await transaction.ExecuteAsync(DeadLetterQuerySql.Resend, cancellationToken, _action, new StoreTime(now));
        await transaction.ExecuteAsync(DeadLetterQuerySql.CountRedrive, cancellationToken, _action);
        await transaction.ExecuteAsync(TaskShareSql.DeleteRedriven, cancellationToken, _action);
        await transaction.ExecuteAsync(DeadLetterQuerySql.Requeue, cancellationToken, _action, queue);
        await transaction.ExecuteAsync(DeadLetterQuerySql.RecordChange, cancellationToken, _action, new StoreTime(now));
        foreach (var task in await TasksAsync(DeadLetterQuerySql.WithSuccessors))
        {
            await transaction.ExecuteAsync(TaskLinksSql.Unblock, cancellationToken, task);
        }

        return ended;
    }

    /// <returns>The dropped dead letters.</returns>
    public async Task<IReadOnlyList<DecidedLetter>> DropAsync(SqlFilter filter, SuccessorPolicy successors)
    {
        var ended = await EndAsync(filter, DeadLetterState.Dropped);
        if (ended.Count > 0 && successors != SuccessorPolicy.Keep)
        {
            // even if a dead letter of another consumer of the task still waits
            foreach (var tasks in (await TasksAsync(DeadLetterQuerySql.FailedWithSuccessors)).Chunk(CancelSql.MaxIds))
            {
                await CancelSql.FollowAsync(transaction, tasks, now, dialect, successors, cancellationToken);
            }
        }

        return ended;
    }

    private Task<List<Guid>> TasksAsync(string sql) => transaction.QueryAsync(sql, reader => reader.GetGuid(0), cancellationToken, _action);

    private async Task<IReadOnlyList<DecidedLetter>> EndAsync(SqlFilter filter, DeadLetterState state)
    {
        filter.And("state = 0");
        return await transaction.QueryAsync(
            $"""
            UPDATE messaging.dead_letters SET state = {filter.Parameter(state)}, ended_at = {filter.Parameter(new StoreTime(now))},
                action_id = {filter.Parameter(_action)}
            WHERE id IN (SELECT id FROM messaging.dead_letters WHERE {filter.Where} ORDER BY id LIMIT {IDeadLetterControl.MaxAtOnce} {(waits ? dialect.LockRows : dialect.SkipLocked)})
            RETURNING id, task_id
            """,
            reader => new DecidedLetter(reader.GetGuid(0), reader.IsDBNull(1) ? null : reader.GetGuid(1)),
            cancellationToken,
            [.. filter.Parameters]);
    }

    /// <summary>Stores what is sent in place of the bodies of this action's dead letters.</summary>
    private async Task<IReadOnlyList<DecidedLetter>> EditAsync(IReadOnlyList<DecidedLetter> ended, BodyEdit edit)
    {
        var letters = await transaction.QueryAsync(
            "SELECT id, content_type, body, metadata FROM messaging.dead_letters WHERE action_id = $1",
            reader => (Id: reader.GetGuid(0), Body: new TransitBody(reader.GetString(1), reader.GetFieldValue<byte[]>(2), reader.GetString(3))),
            cancellationToken,
            _action);
        var edited = await ApplyAsync();
        foreach (var (id, body) in edited)
        {
            await transaction.ExecuteAsync("UPDATE messaging.dead_letters SET edited_body = $2 WHERE id = $1", cancellationToken, id, body.Bytes);
        }

        return [.. ended.Select(letter => letter with { IsUnchecked = edited.TryGetValue(letter.Id, out var body) && !body.IsChecked })];

        async Task<Dictionary<Guid, EditedBody>> ApplyAsync()
        {
            try
            {
                return letters.ToDictionary(letter => letter.Id, letter => bodies.Apply(edit, letter.Body));
            }
            catch
            {
                await transaction.ExecuteAsync(DeadLetterQuerySql.Undo, cancellationToken, _action); // whoever handles a slip may commit what else is in the unit
                throw;
            }
        }
    }
}
