using MassTransit;
using MassTransit.Middleware;
using MassTransit.Saga;

namespace Messaging.Outbox.MassTransit.Sagas;

/// <summary>
/// Reads sagas outside of a consumer, for queries and tests. A query reads all instances and filters them in memory; it throws if
/// there are more than 10,000.
/// </summary>
internal sealed class OutboxSagaReader<TSaga>(SagaRows<TSaga> rows, CancellationToken cancellationToken)
    : BasePipeContext(cancellationToken), LoadSagaRepositoryContext<TSaga>, QuerySagaRepositoryContext<TSaga>
    where TSaga : class, ISaga
{
    private const int Page = 500, MaxInstances = 10_000;

    public async Task<TSaga> Load(Guid correlationId) => (await rows.LoadAsync(correlationId, CancellationToken))!;

    public async Task<SagaRepositoryQueryContext<TSaga>> Query(ISagaQuery<TSaga> query, CancellationToken cancellationToken = default)
    {
        var filter = query.GetFilter();
        var (found, read) = (new List<TSaga>(), 0);
        IReadOnlyList<TSaga> page = [];
        do
        {
            page = await rows.LoadAfterAsync(page.Count == 0 ? null : page[^1].CorrelationId, Page, cancellationToken);
            found.AddRange(page.Where(filter));
            if ((read += page.Count) > MaxInstances)
            {
                throw new SagaException(
                    $"A query reads all instances, and {typeof(TSaga).Name} has more than {MaxInstances}: query the table sagas instead.", typeof(TSaga), typeof(TSaga));
            }
        }
        while (page.Count == Page);
        return new LoadedSagaRepositoryQueryContext<TSaga>(this, found);
    }
}
