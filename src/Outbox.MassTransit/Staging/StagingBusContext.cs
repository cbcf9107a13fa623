using MassTransit;
using MassTransit.DependencyInjection;
using MassTransit.Middleware;
using MassTransit.Middleware.Outbox;
using MassTransit.Transports;
using Messaging.Outbox.MassTransit.Sending;
using Messaging.Outbox.Queues;
using Messaging.Outbox.Staging;

namespace Messaging.Outbox.MassTransit.Staging;

/// <summary>
/// Provides the scoped <see cref="IPublishEndpoint"/> and <see cref="ISendEndpointProvider"/>: in a consumer those of its consume
/// context, otherwise those of the scope's unit of work.
/// </summary>
internal sealed class StagingBusContextProvider(
    IBus bus,
    Bind<IBus, IClientFactory> clientFactory,
    Bind<IBus, IScopedConsumeContextProvider> consumeContext,
    UnitOfWork unit,
    StagingEndpoints endpoints,
    QueueDirectory queues,
    IServiceProvider provider) : IScopedBusContextProvider<IBus>
{
    public ScopedBusContext Context { get; } = consumeContext.Value.HasContext
        ? new ConsumeContextScopedBusContext(consumeContext.Value.GetContext(), clientFactory.Value)
        : new StagingBusContext(bus, clientFactory.Value, unit, endpoints, queues, provider);
}

/// <summary>Stages messages that a scope outside of a consumer publishes or sends; each is tracked as a task.</summary>
internal sealed class StagingBusContext(
    IBus bus, IClientFactory clientFactory, UnitOfWork unit, StagingEndpoints endpoints, QueueDirectory queues, IServiceProvider provider)
    : ScopedBusContext, OutboxSendContext
{
    private IPublishEndpoint? _publishEndpoint;
    private ISendEndpointProvider? _sendEndpointProvider;

    public IPublishEndpoint PublishEndpoint =>
        _publishEndpoint ??= new PublishEndpoint(new OutboxPublishEndpointProvider(this, bus));

    public ISendEndpointProvider SendEndpointProvider =>
        _sendEndpointProvider ??= new OutboxSendEndpointProvider(this, bus);

    // A request waits for its response and so cannot wait for a commit.
    public IScopedClientFactory ClientFactory => new BusScopedBusContext<IBus>(bus, clientFactory, provider).ClientFactory;

    /// <summary>
    /// Stages a message of <see cref="IBackgroundTasks"/> through the same filters as <see cref="PublishEndpoint"/>, but without
    /// the layers around them, which take a tenth of the API's time for a registration. While MassTransit's traces have a
    /// listener, the message has its span too.
    /// </summary>
    public async Task StageAsync<T>(T message, StagingOptions options)
        where T : class
    {
        var (endpoint, pipe) = (await endpoints.GetAsync<T>(), new StagingPipe<T>(options, provider));
        if (MessageSender.IsTraced)
        {
            await new OutboxSendEndpoint(this, endpoint).Send(message, pipe, CancellationToken.None);
        }
        else
        {
            await AddSend(await endpoint.CreateSendContext(message, pipe, CancellationToken.None));
        }
    }

    public Task AddSend<T>(SendContext<T> context)
        where T : class
    {
        unit.Add(StagedMessageFactory.Create(context, queues, track: true));
        return Task.CompletedTask;
    }

    public object? GetService(Type serviceType) => provider.GetService(serviceType);

    /// <param name="options">The options of the message, applied after the filters like a callback of <see cref="PublishEndpoint"/>.</param>
    /// <param name="provider">The scope, from which filters can resolve services.</param>
    private sealed class StagingPipe<T>(StagingOptions options, IServiceProvider provider) : SendContextPipeAdapter<T>(pipe: null)
        where T : class
    {
        protected override void Send<TMessage>(SendContext<TMessage> context) => context.GetOrAddPayload(() => provider);

        protected override void Send(SendContext<T> context) => options.ApplyTo(context);
    }
}
