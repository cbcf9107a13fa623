using MassTransit;
using MassTransit.Saga;
using Messaging.Outbox.MassTransit.Pipeline;
using Messaging.Outbox.Staging;

namespace Messaging.Outbox.MassTransit.Sagas;

/// <summary>Stores sagas in the unit of work of the message that they consume.</summary>
internal sealed class OutboxSagaRepository<TSaga>(
    SagaType<TSaga> type,
    SagaRows<TSaga> rows,
    SagaKeys<TSaga> keys,
    SagaLocks locks,
    UnitOfWork unit,
    ISagaConsumeContextFactory<SagaRows<TSaga>, TSaga> contexts)
    : ISagaRepositoryContextFactory<TSaga>, ILoadSagaRepositoryContextFactory<TSaga>, IQuerySagaRepositoryContextFactory<TSaga>
    where TSaga : class, ISaga
{
    public async Task Send<T>(ConsumeContext<T> context, IPipe<SagaRepositoryContext<TSaga, T>> next)
        where T : class
    {
        RequireInbox(context);
        var id = context.CorrelationId ?? throw new SagaException("The event has no CorrelationId.", typeof(TSaga), typeof(T));
        await LockAsync([id], context.CancellationToken);
        await next.Send(new OutboxSagaContext<TSaga, T>(context, rows, contexts));
    }

    public async Task SendQuery<T>(ConsumeContext<T> context, ISagaQuery<TSaga> query, IPipe<SagaRepositoryQueryContext<TSaga, T>> next)
        where T : class
    {
        RequireInbox(context);
        var sagas = await FindAsync(query, context.CancellationToken);
        await next.Send(new LoadedSagaRepositoryQueryContext<TSaga, T>(new OutboxSagaContext<TSaga, T>(context, rows, contexts), sagas));
    }

    public Task<T> Execute<T>(Func<LoadSagaRepositoryContext<TSaga>, Task<T>> asyncMethod, CancellationToken cancellationToken = default)
        where T : class =>
        asyncMethod(new OutboxSagaReader<TSaga>(rows, cancellationToken));

    public Task<T> Execute<T>(Func<QuerySagaRepositoryContext<TSaga>, Task<T>> asyncMethod, CancellationToken cancellationToken = default)
        where T : class =>
        asyncMethod(new OutboxSagaReader<TSaga>(rows, cancellationToken));

    public void Probe(ProbeContext context) => context.Add("persistence", "outbox");

    /// <summary>
    /// Locks the value first and then the instances that have it. The lock on the value prevents that two concurrent events both
    /// find no instance and create one.
    /// </summary>
    private async Task<List<TSaga>> FindAsync(ISagaQuery<TSaga> query, CancellationToken cancellationToken)
    {
        var (name, key) = SagaProperty.Read(query.FilterExpression);
        var property = type.Find(name);
        if (key is null)
        {
            return [];
        }

        await LockAsync([DerivedId.Of($"{property.Name}={key}")], cancellationToken);
        var ids = await keys.FindAsync(property.Name, key, cancellationToken);
        await LockAsync(ids, cancellationToken);
        var found = new List<TSaga>(ids.Count);
        foreach (var id in ids)
        {
            // The value may have changed, or the instance may have been deleted, before the lock was taken.
            if (await rows.LoadAsync(id, cancellationToken) is { } saga && property.KeyOf(saga) == key)
            {
                found.Add(saga);
            }
        }

        return found;
    }

    private async Task LockAsync(IReadOnlyList<Guid> ids, CancellationToken cancellationToken)
    {
        if (ids.Count > 0)
        {
            unit.Hold(await locks.EnterAsync(type.Name, ids, cancellationToken));
        }
    }

    private static void RequireInbox(ConsumeContext context)
    {
        if (!context.TryGetPayload<IInboxContext>(out _))
        {
            throw new OutboxConfigurationException(
                $"The endpoint of {typeof(TSaga).Name} has no inbox, so nothing would ever be committed: call UseOutbox(context) for {context.ReceiveContext.InputAddress}.");
        }
    }
}
