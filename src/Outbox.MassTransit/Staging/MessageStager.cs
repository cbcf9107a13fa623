using MassTransit;
using MassTransit.DependencyInjection;
using Messaging.Outbox.Staging;

namespace Messaging.Outbox.MassTransit.Staging;

/// <summary>Stages through the scope's publish endpoint: in a consumer that of its consume context, otherwise that of the unit of work.</summary>
internal sealed class MessageStager(IScopedBusContextProvider<IBus> contexts) : IMessageStager
{
    private readonly ScopedBusContext _context = contexts.Context;

    public Task StageAsync<T>(T message, StagingOptions options)
        where T : class =>
        _context is StagingBusContext staging
            ? staging.StageAsync(message, options)
            : options.Address is { } address ? SendAsync(message, address, options)
            : _context.PublishEndpoint.Publish(message, context => options.ApplyTo(context));

    private async Task SendAsync<T>(T message, Uri address, StagingOptions options)
        where T : class =>
        await (await _context.SendEndpointProvider.GetSendEndpoint(address)).Send(message, context => options.ApplyTo(context));
}
