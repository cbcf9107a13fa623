using Messaging.Outbox.DeadLetters;
using Messaging.Outbox.Staging;
using Messaging.Outbox.Store;

namespace Messaging.Outbox.Bulk;

/// <summary>
/// Does something to many tasks or dead letters: at most <see cref="MaxAtOnce"/> in the scope's unit of work, with one audit entry, of which retries have
/// no more than a step; more by an action that any process runs step by step (docs/decisions/0054).
/// </summary>
internal sealed class BulkActions(UnitOfWork unit, OutboxReader store, IStoreTime clock, BulkSubjects subjects, StoreClock time)
{
    /// <summary>The maximum number in one transaction.</summary>
    public const int MaxAtOnce = 1_000;

    /// <summary>The precision of times in SQLite.</summary>
    private static readonly TimeSpan Precision = TimeSpan.FromMilliseconds(1);

    /// <summary>Does it to these.</summary>
    public async Task<BulkResult> RunAsync(BulkOrder order, IReadOnlyCollection<Guid> ids, long? expected, string who, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(ids.Count, MaxAtOnce, nameof(ids));
        var distinct = ids.Distinct().ToList();
        return expected is { } number && number != distinct.Count
            ? new BulkResult { Differs = new BoundedCount(distinct.Count, IsExact: true) }
            : distinct.Count <= AtOnce(order) ? await ActAsync(order, distinct, distinct.Count, who, cancellationToken)
            : await StartAsync(
                order.For(distinct), await clock.NowAsync(cancellationToken) + Precision, new BoundedCount(distinct.Count, IsExact: true), who, cancellationToken);
    }

    /// <summary>Does it to all that match the filter now.</summary>
    /// <param name="order">What is to be done.</param>
    /// <param name="expected">The number that the caller has seen: if it is another one by now, nothing is done. Null: any.</param>
    /// <param name="who">Who requests it.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <exception cref="UnknownQueueException">No worker has reported the queue.</exception>
    /// <exception cref="QueueTypeException">Nothing was done, because the queue takes none of them.</exception>
    /// <exception cref="StoreUnavailableException">The database is unavailable.</exception>
    public async Task<BulkResult> RunAsync(BulkOrder order, long? expected, string who, CancellationToken cancellationToken)
    {
        var upTo = await clock.NowAsync(cancellationToken) + Precision;
        var subject = subjects.Of(order.Subject);
        var count = await subject.CountAsync(order, upTo, cancellationToken);
        if (expected is { } number && count.IsExact && count.Count != number)
        {
            return new BulkResult { Differs = count };
        }

        return count.IsExact && count.Count <= AtOnce(order) && await AllAsync(subject, order, upTo, cancellationToken) is { } ids
            ? await ActAsync(order, ids, given: null, who, cancellationToken)
            : await StartAsync(order, upTo, count, who, cancellationToken);
    }

    /// <summary>Stops an action: no step is committed after this one. What was done stays done.</summary>
    /// <returns>The action, which may have ended before; null if it does not exist.</returns>
    public Task<BulkAction?> StopAsync(Guid id, string who, CancellationToken cancellationToken) => unit.InTransactionAsync(
        async transaction =>
        {
            var now = time.GetUtcNow();
            var stopped = await transaction.ExecuteAsync(BulkActionSql.End, cancellationToken, id, BulkActionState.Stopped, new StoreTime(now)) > 0;
            var found = await transaction.QueryAsync(BulkActionSql.SelectOne, BulkActionSql.Read, cancellationToken, id);
            if (stopped)
            {
                await BulkAudit.EndedAsync(transaction, found[0], "bulk-action.stop", who, now, cancellationToken);
            }

            return found.FirstOrDefault();
        },
        cancellationToken);

    public async Task<BulkAction?> FindAsync(Guid id, CancellationToken cancellationToken) =>
        (await store.QueryAsync(BulkActionSql.SelectOne, [id], BulkActionSql.Read, cancellationToken)).FirstOrDefault();

    /// <summary>A page of actions, newest first.</summary>
    public async Task<Page<BulkAction>> ListAsync(Guid? after, int limit, CancellationToken cancellationToken)
    {
        var filter = new SqlFilter().And("id <", after);
        var found = await store.QueryAsync(
            $"SELECT {BulkActionSql.Columns} FROM messaging.bulk_actions WHERE {filter.Where} ORDER BY id DESC LIMIT {filter.Parameter(OneMore.Than(limit))}",
            filter.Parameters,
            BulkActionSql.Read,
            cancellationToken);
        return OneMore.CutById(found, limit, action => action.Id);
    }

    private Task<BulkResult> ActAsync(BulkOrder order, IReadOnlyList<Guid> ids, int? given, string who, CancellationToken cancellationToken) => unit.InTransactionAsync(
        async transaction =>
        {
            await CheckQueueAsync(transaction, order, cancellationToken);
            var now = time.GetUtcNow();
            var change = ids.Count == 0 ? BulkChange.None : await subjects.Of(order.Subject).ActAsync(order, ids, now, cancellationToken);
            var (changed, skipped) = (change.Ids.Count, ids.Count - change.Ids.Count);
            if (changed == 0 && change.NotTaken > 0)
            {
                await BulkDeadLetters.ThrowIfNotTakenAsync(transaction, order, ids, cancellationToken);
            }

            if (changed > 0)
            {
                await BulkAudit.AtOnceAsync(transaction, order, given, change, skipped, who, now, cancellationToken);
            }

            return new BulkResult { Changed = changed, Skipped = skipped, Reason = change.Reason };
        },
        cancellationToken);

    private Task<BulkResult> StartAsync(BulkOrder order, DateTimeOffset upTo, BoundedCount count, string who, CancellationToken cancellationToken) => unit.InTransactionAsync(
        async transaction =>
        {
            await CheckQueueAsync(transaction, order, cancellationToken);
            var now = time.GetUtcNow();
            var action = new BulkAction
            {
                Id = time.NewId(),
                Action = order.Action,
                Subject = order.Subject,
                Filter = order.Filter,
                Queue = order.Queue,
                Successors = order.Successors,
                Who = who,
                State = BulkActionState.Running,
                Total = count.Count,
                TotalIsExact = count.IsExact,
                Done = 0,
                Changed = 0,
                Skipped = 0,
                StartedAt = now,
            };
            var inserted = await transaction.ExecuteAsync(
                BulkActionSql.Insert,
                cancellationToken,
                action.Id,
                action.Subject,
                action.Action,
                action.Filter.GetRawText(),
                action.Queue,
                action.Successors,
                who,
                new StoreTime(now),
                new StoreTime(upTo),
                action.Total,
                action.TotalIsExact ? 1 : 0,
                new StoreTime(DateTimeOffset.UnixEpoch));
            if (inserted == 0)
            {
                return new BulkResult { HasTooManyRunning = true };
            }

            await BulkAudit.StartedAsync(transaction, order, action, now, cancellationToken);
            return new BulkResult { Started = action };
        },
        cancellationToken);

    private static Task CheckQueueAsync(OutboxTransaction transaction, BulkOrder order, CancellationToken cancellationToken) =>
        order.Queue is { } queue ? (Task)OtherQueue.CheckAsync(transaction, queue, cancellationToken) : Task.CompletedTask;

    /// <summary>A retry is several statements for each task, so that a request with many of them would have no end.</summary>
    private static int AtOnce(BulkOrder order) => order.Action == BulkActionKind.Retry ? BulkStepSize.Max : MaxAtOnce;

    /// <returns>Null if there are more than <see cref="AtOnce"/> by now.</returns>
    private static async Task<List<Guid>?> AllAsync(IBulkSubject subject, BulkOrder order, DateTimeOffset upTo, CancellationToken cancellationToken)
    {
        var (ids, after, max) = (new List<Guid>(), (Guid?)null, AtOnce(order));
        do
        {
            var page = await subject.PageAsync(order, upTo, after, max + 1 - ids.Count, share: 1, cancellationToken);
            ids.AddRange(page.Items);
            after = page.Next;
        }
        while (after is not null && ids.Count <= max);

        return ids.Count <= max ? ids : null;
    }
}

/// <summary>What became of a request.</summary>
internal sealed record BulkResult
{
    /// <summary>How many were changed at once.</summary>
    public int Changed { get; init; }

    /// <summary>How many were not, because they had changed before or cannot be changed.</summary>
    public int Skipped { get; init; }

    /// <summary>Why some of them were not, if they could be changed in another way; null if there are none.</summary>
    public string? Reason { get; init; }

    /// <summary>The action that does it, if there are too many for one transaction.</summary>
    public BulkAction? Started { get; init; }

    /// <summary>The number, if it is not the expected one. Nothing was done.</summary>
    public BoundedCount? Differs { get; init; }

    /// <summary>Whether <see cref="BulkActionSql.MaxRunning"/> actions are running. Nothing was done.</summary>
    public bool HasTooManyRunning { get; init; }
}
