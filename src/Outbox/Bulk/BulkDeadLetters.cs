using Messaging.Outbox.DeadLetters;
using Messaging.Outbox.Staging;
using Messaging.Outbox.Store;

namespace Messaging.Outbox.Bulk;

/// <summary>Redrives or drops dead letters.</summary>
internal sealed class BulkDeadLetters(OutboxReader store, UnitOfWork unit, DeadLetterControl control) : IBulkSubject
{
    public Task<BoundedCount> CountAsync(BulkOrder order, DateTimeOffset upTo, CancellationToken cancellationToken) =>
        BoundedCount.OfAsync(store, Plan(order, upTo), cancellationToken);

    public Task<Page<Guid>> PageAsync(BulkOrder order, DateTimeOffset upTo, Guid? after, int limit, double share, CancellationToken cancellationToken) =>
        Plan(order, upTo).Share(share).IdsAsync(store, after, limit, cancellationToken);

    /// <summary>It waits for those that another transaction has locked: the search does not come back to them.</summary>
    public Task<BulkChange> ActAsync(BulkOrder order, IReadOnlyList<Guid> ids, DateTimeOffset now, CancellationToken cancellationToken) => unit.InTransactionAsync(
        async transaction =>
        {
            var filter = Of(ids);
            var decided = order.Action == BulkActionKind.Redrive
                ? await control.RedriveAsync(transaction, filter, edit: null, order.Queue, now, waits: true, cancellationToken)
                : await control.DropAsync(transaction, filter, order.Successors, now, waits: true, cancellationToken);
            return new BulkChange([.. decided.Select(letter => letter.Id)])
            {
                Tasks = [.. decided.Select(letter => letter.TaskId).OfType<Guid>().Distinct()],
                NotTaken = order.Queue is { } queue && decided.Count < ids.Count ? await OtherQueue.CountNotTakenAsync(transaction, Of(ids), queue, cancellationToken) : 0,
            };
        },
        cancellationToken);

    /// <summary>Refuses an order of which nothing was done, because its queue takes none of them.</summary>
    /// <exception cref="QueueTypeException">It takes none of them.</exception>
    public static Task ThrowIfNotTakenAsync(OutboxTransaction transaction, BulkOrder order, IReadOnlyList<Guid> ids, CancellationToken cancellationToken) =>
        OtherQueue.ThrowIfNotTakenAsync(transaction, Of(ids), order.Queue!, cancellationToken);

    private static SqlFilter Of(IReadOnlyList<Guid> ids) => new SqlFilter([.. ids.Order()]).And($"id IN ({SqlFilter.Numbered(ids.Count)})");

    private static SearchPlan Plan(BulkOrder order, DateTimeOffset upTo)
    {
        var query = order.DeadLetterQuery;
        return DeadLetterQuerySql.Plan(query with { Before = query.Before < upTo ? query.Before : upTo });
    }
}
