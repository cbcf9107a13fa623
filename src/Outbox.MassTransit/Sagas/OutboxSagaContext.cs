using MassTransit;
using MassTransit.Context;
using MassTransit.Saga;

namespace Messaging.Outbox.MassTransit.Sagas;

/// <summary>Loads and stores saga instances while one event is consumed.</summary>
internal sealed class OutboxSagaContext<TSaga, TMessage>(
    ConsumeContext<TMessage> context, SagaRows<TSaga> rows, ISagaConsumeContextFactory<SagaRows<TSaga>, TSaga> contexts)
    : ConsumeContextScope<TMessage>(context), SagaRepositoryContext<TSaga, TMessage>
    where TSaga : class, ISaga
    where TMessage : class
{
    private readonly ConsumeContext<TMessage> _context = context;

    public Task<SagaConsumeContext<TSaga, T>> CreateSagaConsumeContext<T>(ConsumeContext<T> consumeContext, TSaga instance, SagaConsumeContextMode mode)
        where T : class =>
        contexts.CreateSagaConsumeContext(rows, consumeContext, instance, mode);

    public Task<SagaConsumeContext<TSaga, TMessage>> Add(TSaga instance) => CreateSagaConsumeContext(_context, instance, SagaConsumeContextMode.Add);

    /// <summary>
    /// Writes nothing yet: the instance is inserted after the event was handled, and a conflict with a concurrent first event is
    /// detected then.
    /// </summary>
    public async Task<SagaConsumeContext<TSaga, TMessage>> Insert(TSaga instance) =>
        await Load(instance.CorrelationId) is null ? await CreateSagaConsumeContext(_context, instance, SagaConsumeContextMode.Insert) : null!;

    public async Task<SagaConsumeContext<TSaga, TMessage>> Load(Guid correlationId) =>
        await rows.LoadAsync(correlationId, CancellationToken) is { } saga
            ? await CreateSagaConsumeContext(_context, saga, SagaConsumeContextMode.Load)
            : null!;

    public Task Save(SagaConsumeContext<TSaga> context) => rows.InsertAsync(context);

    public Task Update(SagaConsumeContext<TSaga> context) => rows.UpdateAsync(context);

    public Task Delete(SagaConsumeContext<TSaga> context) => rows.DeleteAsync(context);

    public Task Discard(SagaConsumeContext<TSaga> context) => Task.CompletedTask;

    public Task Undo(SagaConsumeContext<TSaga> context) => Task.CompletedTask;
}
