using Messaging.Outbox.Control;
using Messaging.Outbox.Store;
using Messaging.Outbox.Tasks;

namespace Messaging.Outbox.Bulk;

/// <summary>Cancels or retries tasks.</summary>
internal sealed class BulkTasks(OutboxReader store, TaskControl control) : IBulkSubject
{
    public async Task<BoundedCount> CountAsync(BulkOrder order, DateTimeOffset upTo, CancellationToken cancellationToken) =>
        await BoundedCount.OfAsync(store, await PlanAsync(order, upTo, cancellationToken), cancellationToken);

    public async Task<Page<Guid>> PageAsync(BulkOrder order, DateTimeOffset upTo, Guid? after, int limit, CancellationToken cancellationToken) =>
        await (await PlanAsync(order, upTo, cancellationToken)).IdsAsync(store, after, limit, cancellationToken);

    /// <summary>A task whose state has changed since it was found is not changed any more, if the filter names states.</summary>
    public Task<int> ActAsync(BulkOrder order, IReadOnlyList<Guid> ids, CancellationToken cancellationToken) => order.Action == BulkActionKind.Cancel
        ? control.CancelManyAsync(ids, order.TaskQuery.States, order.Successors, cancellationToken)
        : control.RetryManyAsync(ids, order.TaskQuery.States, cancellationToken);

    private Task<SearchPlan> PlanAsync(BulkOrder order, DateTimeOffset upTo, CancellationToken cancellationToken)
    {
        var query = order.TaskQuery;
        return TaskSearch.PlanAsync(store, query with { CreatedBefore = query.CreatedBefore < upTo ? query.CreatedBefore : upTo }, cancellationToken);
    }
}
