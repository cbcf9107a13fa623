using Messaging.Outbox.DeadLetters;
using Messaging.Outbox.Staging;
using Messaging.Outbox.Store;

namespace Messaging.Outbox.Bulk;

/// <summary>Redrives or drops dead letters.</summary>
internal sealed class BulkDeadLetters(OutboxReader store, UnitOfWork unit, DeadLetterControl control, StoreClock time) : IBulkSubject
{
    public Task<BoundedCount> CountAsync(BulkOrder order, DateTimeOffset upTo, CancellationToken cancellationToken) =>
        BoundedCount.OfAsync(store, Plan(order, upTo), cancellationToken);

    public Task<Page<Guid>> PageAsync(BulkOrder order, DateTimeOffset upTo, Guid? after, int limit, CancellationToken cancellationToken) =>
        Plan(order, upTo).IdsAsync(store, after, limit, cancellationToken);

    public Task<int> ActAsync(BulkOrder order, IReadOnlyList<Guid> ids, CancellationToken cancellationToken) => unit.InTransactionAsync(
        transaction =>
        {
            var filter = new SqlFilter([.. ids.Order()]).And($"id IN ({SqlFilter.Numbered(ids.Count)})");
            return order.Action == BulkActionKind.Redrive
                ? control.RedriveAsync(transaction, filter, edit: null, order.Queue, time.GetUtcNow(), cancellationToken)
                : control.DropAsync(transaction, filter, order.Successors, time.GetUtcNow(), cancellationToken);
        },
        cancellationToken);

    private static SearchPlan Plan(BulkOrder order, DateTimeOffset upTo)
    {
        var query = order.DeadLetterQuery;
        return DeadLetterQuerySql.Plan(query with { Before = query.Before < upTo ? query.Before : upTo });
    }
}
