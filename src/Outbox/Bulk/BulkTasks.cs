using Messaging.Outbox.Control;
using Messaging.Outbox.Store;
using Messaging.Outbox.Tasks;

namespace Messaging.Outbox.Bulk;

/// <summary>Cancels or retries tasks.</summary>
internal sealed class BulkTasks(OutboxReader store, TaskControl control) : IBulkSubject
{
    public async Task<BoundedCount> CountAsync(BulkOrder order, DateTimeOffset upTo, CancellationToken cancellationToken) => order.Ids is { } ids
        ? new BoundedCount(ids.Count, IsExact: true)
        : await BoundedCount.OfAsync(store, await PlanAsync(order, upTo, cancellationToken), cancellationToken);

    public async Task<Page<Guid>> PageAsync(BulkOrder order, DateTimeOffset upTo, Guid? after, int limit, double share, CancellationToken cancellationToken) => order.Ids is { } ids
        ? PageOf(ids, after, limit)
        : await (await PlanAsync(order, upTo, cancellationToken)).Share(share).IdsAsync(store, after, limit, cancellationToken);

    /// <summary>A task whose state has changed since it was found is not changed any more, if the filter names states.</summary>
    public async Task<BulkChange> ActAsync(BulkOrder order, IReadOnlyList<Guid> ids, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var states = order.Ids is null ? order.TaskQuery.States : [];
        if (order.Action == BulkActionKind.Retry)
        {
            return new BulkChange(await control.RetryManyAsync(ids, states, now, cancellationToken));
        }

        var (cancelled, tooLarge) = await control.CancelManyAsync(ids, states, order.Successors, now, cancellationToken);
        return new BulkChange(cancelled) { TooLarge = tooLarge };
    }

    private static Page<Guid> PageOf(IEnumerable<Guid> ids, Guid? after, int limit)
    {
        var page = ids.Where(id => after is not { } last || id.CompareTo(last) < 0).OrderDescending().Take(limit).ToList();
        return new Page<Guid>(page, page.Count == limit ? page[^1] : null);
    }

    private Task<SearchPlan> PlanAsync(BulkOrder order, DateTimeOffset upTo, CancellationToken cancellationToken)
    {
        var query = order.TaskQuery;
        return TaskSearch.PlanAsync(store, query with { CreatedBefore = query.CreatedBefore < upTo ? query.CreatedBefore : upTo }, cancellationToken);
    }
}
