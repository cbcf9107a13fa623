using System.Collections.Concurrent;

namespace Messaging.Outbox.Queues;

/// <summary>The queues that this process consumes through a gate.</summary>
internal sealed class QueueEndpoints : IDisposable
{
    private readonly ConcurrentDictionary<string, QueueEndpoint> _byName = new(StringComparer.Ordinal);

    public IReadOnlyList<QueueEndpoint> All => [.. _byName.Values.OrderBy(e => e.Name, StringComparer.Ordinal)];

    public QueueEndpoint? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>Returns the queue with these limits. A queue that is configured again keeps its gate, and gets the new limits.</summary>
    public QueueEndpoint Configure(string name, QueueLimits limits, Func<QueueEndpoint> create)
    {
        var endpoint = _byName.GetOrAdd(name, _ => create());
        endpoint.Configure(limits);
        return endpoint;
    }

    /// <summary>Replaces the last report of this process by its current figures.</summary>
    public Heartbeat WithCurrentFigures(Heartbeat last) => last.Worker == WorkerName.Value && Find(last.Queue) is { } own
        ? last with { InFlight = own.InFlight, Consumed = own.Gate.Consumed, Concurrency = own.Concurrency }
        : last;

    public void Dispose()
    {
        foreach (var endpoint in _byName.Values)
        {
            endpoint.Dispose();
        }
    }
}
