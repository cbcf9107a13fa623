using System.Collections.Concurrent;
using MassTransit;
using MassTransit.Transports;

namespace Messaging.Outbox.MassTransit.Staging;

/// <summary>
/// Caches the bus's publish endpoints by message type. They only create messages here and send none, so it does no harm if the
/// bus closes one that was not used for a while.
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
