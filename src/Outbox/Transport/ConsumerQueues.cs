using Messaging.Outbox.Transport;

namespace Messaging.Outbox;

/// <summary>The queues that this process consumes; known after its endpoints are configured.</summary>
public sealed class ConsumerQueues
{
    private readonly ConsumerRegistry _registry;

    internal ConsumerQueues(ConsumerRegistry registry) => _registry = registry;

    /// <summary>The names of the queues.</summary>
    public IReadOnlyList<string> Names => _registry.Names;
}
