using System.Collections.Concurrent;

namespace Messaging.Outbox.Queues;

/// <summary>The queues that this process consumes through a gate.</summary>
internal sealed class QueueEndpoints : IDisposable
{
    private readonly ConcurrentDictionary<string, QueueEndpoint> _byName = new(StringComparer.Ordinal);

    public IReadOnlyList<QueueEndpoint> All => [.. _byName.Values.OrderBy(e => e.Name, StringComparer.Ordinal)];

    public QueueEndpoint? Find(string name) => _byName.GetValueOrDefault(name);

    public QueueEndpoint GetOrAdd(string name, Func<QueueEndpoint> create) => _byName.GetOrAdd(name, _ => create());

    public void Dispose()
    {
        foreach (var endpoint in _byName.Values)
        {
            endpoint.Dispose();
        }
    }
}
