using Messaging.Outbox.Store;

namespace Messaging.Outbox.Tasks;

/// <summary>
/// Cancels tasks that have not ended, inside a transaction. Their successors are cancelled too, or Blocked; their unique keys are
/// released, and a row of the inbox lets followers see the change. Their messages stay in the outbox for a retry.
/// </summary>
internal static class CancelSql
{
    /// <summary>The maximum number of ids of one call: each is a parameter.</summary>
    public const int MaxIds = 500;

    /// <param name="transaction">The transaction; it is not committed here.</param>
    /// <param name="ids">At most <see cref="MaxIds"/>; unknown tasks, and tasks that have ended, are not changed.</param>
    /// <param name="now">The time of the cancellation.</param>
    /// <param name="dialect">The store, for its dialect.</param>
    /// <param name="successors">
    /// What happens to their successors; more than <see cref="TaskLinksSql.MaxFollowing"/> successors of one task are Blocked instead.
    /// </param>
    /// <param name="cancellationToken">Cancels the action.</param>
    /// <param name="onlyIn">Tasks in other states are not changed; null or none for all states that are no end.</param>
    /// <returns>The tasks that this call cancelled, and the number of their successors that it cancelled.</returns>
    public static async Task<(IReadOnlyList<Guid> Cancelled, int Successors)> CancelAsync(
        OutboxTransaction transaction,
        IReadOnlyCollection<Guid> ids,
        DateTimeOffset now,
        ISqlDialect dialect,
        SuccessorPolicy successors,
        CancellationToken cancellationToken,
        IReadOnlyCollection<TaskState>? onlyIn = null)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(ids.Count, MaxIds, nameof(ids));
        IReadOnlyList<TaskState> states = onlyIn is { Count: > 0 } ? [.. TaskStates.Open.Intersect(onlyIn)] : TaskStates.Open;
        if (ids.Count == 0 || states.Count == 0)
        {
            return ([], 0);
        }

        if (ids.Count > 1 && dialect.LockRows.Length > 0)
        {
            // An UPDATE locks rows as it finds them; who retries or restores tasks locks them in the order of their ids, and the two would wait for each other.
            await transaction.QueryAsync(
                $"SELECT id FROM messaging.tasks WHERE id IN ({SqlFilter.Numbered(ids.Count)}) ORDER BY id {dialect.LockRows}", _ => true, cancellationToken, [.. ids.Order()]);
        }

        var cancelled = await transaction.QueryAsync(
            $"""
            UPDATE messaging.tasks SET state = {(int)TaskState.Cancelled}, finished_at = $1, next_attempt_at = NULL
            WHERE id IN ({SqlFilter.Numbered(ids.Count, 2)}) AND state IN ({TaskStates.Sql(states)})
            RETURNING id
            """,
            reader => reader.GetGuid(0),
            cancellationToken,
            [new StoreTime(now), .. ids.Order()]);
        if (cancelled.Count == 0)
        {
            return (cancelled, 0);
        }

        object?[] these = [.. cancelled];
        var list = SqlFilter.Numbered(cancelled.Count);
        await transaction.ExecuteAsync($"DELETE FROM messaging.unique_tasks WHERE task_id IN ({list})", cancellationToken, these);
        var following = (await FollowAsync(transaction, cancelled, now, dialect, successors, cancellationToken)).Count;
        await SettleAsync(transaction, cancelled, now, dialect, cancellationToken);
        return (cancelled, following);
    }

    /// <summary>Cancels or blocks the successors of tasks that can no longer succeed.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="predecessors">The tasks, at most <see cref="MaxIds"/>.</param>
    /// <param name="now">The time of the cancellation.</param>
    /// <param name="dialect">The store, for its dialect.</param>
    /// <param name="successors">What happens to their successors; more than <see cref="TaskLinksSql.MaxFollowing"/> of one task are Blocked.</param>
    /// <param name="cancellationToken">Cancels the action.</param>
    /// <returns>The tasks that this call cancelled.</returns>
    public static async Task<IReadOnlyList<Guid>> FollowAsync(
        OutboxTransaction transaction,
        IReadOnlyCollection<Guid> predecessors,
        DateTimeOffset now,
        ISqlDialect dialect,
        SuccessorPolicy successors,
        CancellationToken cancellationToken)
    {
        object?[] these = [.. await PredecessorsAsync(transaction, predecessors, cancellationToken)];
        if (these.Length == 0)
        {
            return []; // most tasks have no successors
        }

        var waiting = await transaction.QueryAsync(TaskLinksSql.LockFollowing(these.Length, dialect.LockRows), _ => true, cancellationToken, these);
        if (waiting.Count == 0)
        {
            return []; // those that are cancelled together with their successors have none left
        }

        var areTooMany = waiting.Count > TaskLinksSql.MaxFollowing;
        if (areTooMany && successors == SuccessorPolicy.Cancel && these.Length > 1)
        {
            return await FollowEachAsync(transaction, [.. these.OfType<Guid>()], now, dialect, cancellationToken);
        }

        if (areTooMany || successors == SuccessorPolicy.Keep)
        {
            await transaction.ExecuteAsync(TaskLinksSql.BlockFollowing(these.Length), cancellationToken, these);
            return [];
        }

        var cancelled = await transaction.QueryAsync(
            TaskLinksSql.CancelFollowing(these.Length), reader => reader.GetGuid(0), cancellationToken, [.. these, new StoreTime(now)]);
        await SettleAsync(transaction, cancelled, now, dialect, cancellationToken);
        return cancelled;
    }

    /// <summary>The tasks that have not ended and with which more than <see cref="TaskLinksSql.MaxFollowing"/> tasks would have to be cancelled.</summary>
    public static async Task<IReadOnlyList<Guid>> WithTooManyAsync(OutboxTransaction transaction, IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken)
    {
        var open = await transaction.QueryAsync(
            $"""
            SELECT id FROM messaging.tasks AS t WHERE id IN ({SqlFilter.Numbered(ids.Count)}) AND state IN ({TaskStates.OpenSql})
                AND EXISTS (SELECT 1 FROM messaging.task_links AS l WHERE l.predecessor = t.id)
            """,
            reader => reader.GetGuid(0),
            cancellationToken,
            [.. ids]);
        if (open.Count == 0 || await CountFollowingAsync(transaction, open, cancellationToken) <= TaskLinksSql.MaxFollowing)
        {
            return []; // all together have no more
        }

        var large = new List<Guid>();
        foreach (var predecessor in open)
        {
            if (await CountFollowingAsync(transaction, [predecessor], cancellationToken) > TaskLinksSql.MaxFollowing)
            {
                large.Add(predecessor);
            }
        }

        return large;
    }

    /// <summary>How many tasks would be cancelled with these, up to one more than <see cref="TaskLinksSql.MaxFollowing"/>.</summary>
    public static async Task<long> CountFollowingAsync(OutboxTransaction transaction, IReadOnlyCollection<Guid> predecessors, CancellationToken cancellationToken) =>
        (await transaction.QueryAsync(TaskLinksSql.CountFollowing(predecessors.Count), reader => reader.GetInt64(0), cancellationToken, [.. predecessors]))[0];

    /// <summary>Cancels their successors one by one: all together have more than one may have.</summary>
    private static async Task<IReadOnlyList<Guid>> FollowEachAsync(
        OutboxTransaction transaction, IReadOnlyCollection<Guid> predecessors, DateTimeOffset now, ISqlDialect dialect, CancellationToken cancellationToken)
    {
        var cancelled = new List<Guid>();
        foreach (var predecessor in predecessors)
        {
            cancelled.AddRange(await FollowAsync(transaction, [predecessor], now, dialect, SuccessorPolicy.Cancel, cancellationToken));
        }

        return cancelled;
    }

    private static async Task<IReadOnlyList<Guid>> PredecessorsAsync(OutboxTransaction transaction, IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken) =>
        await transaction.QueryAsync(
            $"SELECT DISTINCT predecessor FROM messaging.task_links WHERE predecessor IN ({SqlFilter.Numbered(ids.Count)})",
            reader => reader.GetGuid(0),
            cancellationToken,
            [.. ids]);

    /// <summary>
    /// Makes waiting rows never due, and lets followers of the tasks see the change by a row of the inbox. A row that a
    /// dispatcher has claimed is locked and about to be sent: it is skipped.
    /// </summary>
    private static async Task SettleAsync(
        OutboxTransaction transaction, IReadOnlyCollection<Guid> cancelled, DateTimeOffset now, ISqlDialect dialect, CancellationToken cancellationToken)
    {
        var consumerId = DerivedId.Of($"#cancelled-{now.Ticks}"); // a restored task can be cancelled again
        foreach (var chunk in cancelled.Chunk(MaxIds))
        {
            var waiting = $"message_id IN ({SqlFilter.Numbered(chunk.Length)}) AND waiting = 1";
            await transaction.ExecuteAsync(
                $"UPDATE messaging.outbox SET waiting = 2, due_at = {dialect.Never} WHERE {waiting} AND id IN (SELECT id FROM messaging.outbox WHERE {waiting} {dialect.SkipLocked})",
                cancellationToken,
                [.. chunk]);
            await transaction.ExecuteAsync(
                $"""
                INSERT INTO messaging.inbox (message_id, consumer_id, consumed_at, kind)
                VALUES {string.Join(", ", Enumerable.Range(3, chunk.Length).Select(i => $"(${i}, $1, $2, '{InboxKind.Cancelled}')"))}
                ON CONFLICT DO NOTHING
                """,
                cancellationToken,
                [consumerId, new StoreTime(now), .. chunk]);
        }
    }
}
