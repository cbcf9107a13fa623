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
            var filter = new SqlFilter([.. ids.Order()]).And($"id IN ({SqlFilter.Numbered(ids.Count)})");
            var decided = order.Action == BulkActionKind.Redrive
                ? await control.RedriveAsync(transaction, filter, edit: null, order.Queue, now, waits: true, cancellationToken)
                : await control.DropAsync(transaction, filter, order.Successors, now, waits: true, cancellationToken);
            return new BulkChange([.. decided.Select(letter => letter.Id)]) { Tasks = [.. decided.Select(letter => letter.TaskId).OfType<Guid>().Distinct()] };
        },
        cancellationToken);

    private static SearchPlan Plan(BulkOrder order, DateTimeOffset upTo)
    {
        var query = order.DeadLetterQuery;
        return DeadLetterQuerySql.Plan(query with { Before = query.Before < upTo ? query.Before : upTo });
    }
}
