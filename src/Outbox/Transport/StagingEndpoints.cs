using System.Collections.Concurrent;
using MassTransit;
using MassTransit.Transports;

namespace Messaging.Outbox.Transport;

/// <summary>
/// The bus's publish endpoints, by the type of message. Only messages are made by them here, and none is sent: so it does no harm that the bus
/// closes one which it has not used for a while.
/// </summary>
internal sealed class StagingEndpoints(IBus bus)
{
    private readonly ConcurrentDictionary<Type, ITransportSendEndpoint> _endpoints = new();

    public ValueTask<ITransportSendEndpoint> GetAsync<T>()
        where T : class =>
        _endpoints.TryGetValue(typeof(T), out var endpoint) ? ValueTask.FromResult(endpoint) : FindAsync<T>();

    private async ValueTask<ITransportSendEndpoint> FindAsync<T>()
        where T : class =>
        _endpoints.GetOrAdd(typeof(T), (ITransportSendEndpoint)await bus.GetPublishSendEndpoint<T>());
}
