using System.Collections.Concurrent;

namespace Messaging.Outbox.Pipelines;

/// <summary>Keeps the pipelines, which are recorded while the endpoints are configured.</summary>
internal sealed class OutboxPipelines : IOutboxPipelines
{
    private readonly ConcurrentDictionary<string, OutboxPipeline> _byQueue = new(StringComparer.Ordinal);

    public IReadOnlyList<OutboxPipeline> All => [.. _byQueue.Values.OrderBy(p => p.Queue, StringComparer.Ordinal)];

    public OutboxPipeline? Find(string queue) => _byQueue.GetValueOrDefault(queue);

    public void Add(OutboxPipeline pipeline) => _byQueue[pipeline.Queue] = pipeline;
}
