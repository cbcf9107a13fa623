using MassTransit;
using MassTransit.DependencyInjection;
using MassTransit.Middleware;
using MassTransit.Middleware.Outbox;
using MassTransit.Transports;
using Messaging.Outbox.Payloads;
using Messaging.Outbox.Queues;
using Messaging.Outbox.Staging;

namespace Messaging.Outbox.MassTransit.Staging;

/// <summary>
/// Provides the scoped <see cref="IPublishEndpoint"/> and <see cref="ISendEndpointProvider"/>: in a consumer those of its consume
/// context, otherwise those that stage in the scope's unit of work.
/// </summary>
internal sealed class StagingBusContextProvider(
    IBus bus,
    Bind<IBus, IClientFactory> clientFactory,
    Bind<IBus, IScopedConsumeContextProvider> consumeContext,
    UnitOfWork unit,
    StagingEndpoints endpoints,
    QueueDirectory queues,
    TaskContents contents,
    IServiceProvider provider) : IScopedBusContextProvider<IBus>
{
    public ScopedBusContext Context { get; } = consumeContext.Value.HasContext
        ? new ConsumeContextScopedBusContext(consumeContext.Value.GetContext(), clientFactory.Value)
        : new StagingBusContext(bus, clientFactory.Value, unit, endpoints, queues, contents, provider);
}

/// <summary>Stages the messages that a scope outside of a consumer publishes or sends. Each message is tracked as a task.</summary>
internal sealed class StagingBusContext(
    IBus bus, IClientFactory clientFactory, UnitOfWork unit, StagingEndpoints endpoints, QueueDirectory queues, TaskContents contents, IServiceProvider provider)
    : ScopedBusContext, OutboxSendContext
{
    private IPublishEndpoint? _publishEndpoint;
    private ISendEndpointProvider? _sendEndpointProvider;

    public IPublishEndpoint PublishEndpoint =>
        _publishEndpoint ??= new PublishEndpoint(new OutboxPublishEndpointProvider(this, bus));

    public ISendEndpointProvider SendEndpointProvider =>
        _sendEndpointProvider ??= new OutboxSendEndpointProvider(this, bus);

    // Requests are not staged: the caller waits for the response before the unit of work could commit.
    public IScopedClientFactory ClientFactory => new BusScopedBusContext<IBus>(bus, clientFactory, provider).ClientFactory;

    /// <summary>
    /// Stages a message of <see cref="IBackgroundTasks"/> through the same filters as <see cref="PublishEndpoint"/>. It skips the
    /// layers around them, which took a tenth of the API's time for a registration and only add MassTransit's own span.
    /// </summary>
    public async Task StageAsync<T>(T message, StagingOptions options)
        where T : class
    {
        if (options.Address is { } address)
        {
            await (await SendEndpointProvider.GetSendEndpoint(address)).Send(message, new StagingPipe<T>(options, provider));
            return;
        }

        var endpoint = await endpoints.GetAsync<T>();
        Add(await endpoint.CreateSendContext(message, new StagingPipe<T>(options, provider), CancellationToken.None), isSent: false);
    }

    public Task AddSend<T>(SendContext<T> context)
        where T : class
    {
        Add(context, isSent: !bus.Topology.TryGetPublishAddress<T>(out var published) || published != context.DestinationAddress);
        return Task.CompletedTask;
    }

    private void Add<T>(SendContext<T> context, bool isSent)
        where T : class => unit.Add(StagedMessageFactory.Create(context, queues, contents, track: true, isSent));

    public object? GetService(Type serviceType) => provider.GetService(serviceType);

    /// <param name="options">The options of the message, applied like a callback that is passed to <see cref="PublishEndpoint"/>.</param>
    /// <param name="provider">The scope's services, for scoped filters.</param>
    private sealed class StagingPipe<T>(StagingOptions options, IServiceProvider provider) : SendContextPipeAdapter<T>(pipe: null)
        where T : class
    {
        protected override void Send<TMessage>(SendContext<TMessage> context) => context.GetOrAddPayload(() => provider);

        protected override void Send(SendContext<T> context) => options.ApplyTo(context);
    }
}
