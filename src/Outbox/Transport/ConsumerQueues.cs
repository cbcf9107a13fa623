using Messaging.Outbox.Transport;

namespace Messaging.Outbox;

/// <summary>The queues on which this process consumes, known when its endpoints have been configured.</summary>
public sealed class ConsumerQueues
{
    private readonly ConsumerRegistry _registry;

    internal ConsumerQueues(ConsumerRegistry registry) => _registry = registry;

    /// <summary>Their names.</summary>
    public IReadOnlyList<string> Names => _registry.Names;
}
