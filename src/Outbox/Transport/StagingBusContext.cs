using MassTransit;
using MassTransit.DependencyInjection;
using MassTransit.Middleware;
using MassTransit.Middleware.Outbox;
using MassTransit.Transports;
using Messaging.Outbox.Staging;

namespace Messaging.Outbox.Transport;

/// <summary>
/// Decides what the scoped <see cref="IPublishEndpoint"/> and <see cref="ISendEndpointProvider"/> are: in a consumer its
/// consume context, anywhere else the scope's unit of work.
/// </summary>
internal sealed class StagingBusContextProvider(
    IBus bus,
    Bind<IBus, IClientFactory> clientFactory,
    Bind<IBus, IScopedConsumeContextProvider> consumeContext,
    UnitOfWork unit,
    QueueDirectory queues,
    IServiceProvider provider) : IScopedBusContextProvider<IBus>
{
    public ScopedBusContext Context { get; } = consumeContext.Value.HasContext
        ? new ConsumeContextScopedBusContext(consumeContext.Value.GetContext(), clientFactory.Value)
        : new StagingBusContext(bus, clientFactory.Value, unit, queues, provider);
}

/// <summary>Stages what a scope outside a consumer publishes or sends; every such message is followed as a task.</summary>
internal sealed class StagingBusContext(
    IBus bus, IClientFactory clientFactory, UnitOfWork unit, QueueDirectory queues, IServiceProvider provider)
    : ScopedBusContext, OutboxSendContext
{
    private readonly BusScopedBusContext<IBus> _direct = new(bus, clientFactory, provider);
    private IPublishEndpoint? _publishEndpoint;
    private ISendEndpointProvider? _sendEndpointProvider;

    public IPublishEndpoint PublishEndpoint =>
        _publishEndpoint ??= new PublishEndpoint(new OutboxPublishEndpointProvider(this, bus));

    public ISendEndpointProvider SendEndpointProvider =>
        _sendEndpointProvider ??= new OutboxSendEndpointProvider(this, bus);

    // A request waits for its response and so cannot wait for a commit.
    public IScopedClientFactory ClientFactory => _direct.ClientFactory;

    public Task AddSend<T>(SendContext<T> context)
        where T : class
    {
        unit.Work.Add(StagedMessageFactory.Create(context, queues, track: true));
        return Task.CompletedTask;
    }

    public object? GetService(Type serviceType) => provider.GetService(serviceType);
}
