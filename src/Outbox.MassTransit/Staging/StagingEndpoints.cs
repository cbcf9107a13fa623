using System.Collections.Concurrent;
using MassTransit;
using MassTransit.Transports;

namespace Messaging.Outbox.MassTransit.Staging;

/// <summary>
/// Caches the bus's publish endpoints by message type. They only create send contexts and send nothing, so they still work after
/// the bus has closed an unused endpoint.
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
