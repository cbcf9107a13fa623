using MassTransit;
using MassTransit.DependencyInjection;
using Messaging.Outbox.Staging;

namespace Messaging.Outbox.MassTransit.Staging;

/// <summary>Stages by the scope's publish endpoint: that of its unit of work, or of the message that it consumes.</summary>
internal sealed class MessageStager(IScopedBusContextProvider<IBus> contexts) : IMessageStager
{
    private readonly ScopedBusContext _context = contexts.Context;

    public Task StageAsync<T>(T message, StagingOptions options)
        where T : class =>
        _context is StagingBusContext staging
            ? staging.StageAsync(message, options)
            : _context.PublishEndpoint.Publish(message, context => options.ApplyTo(context));
}
