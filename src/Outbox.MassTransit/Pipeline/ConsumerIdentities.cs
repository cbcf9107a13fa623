using System.Collections.Concurrent;
using Messaging.Outbox.Inbox;
using Messaging.Outbox.Transport;

namespace Messaging.Outbox.MassTransit.Pipeline;

/// <summary>Caches the inbox identities of this process's consumers.</summary>
internal sealed class ConsumerIdentities(ConsumerRegistry consumers)
{
    private readonly ConcurrentDictionary<Guid, ConsumerIdentity> _byId = new();

    /// <param name="id">MassTransit's id of a consumer of a message type on a queue.</param>
    /// <param name="name">The consumer's type.</param>
    public ConsumerIdentity Of(Guid id, string name) => _byId.TryGetValue(id, out var known)
        ? known
        : _byId.GetOrAdd(id, new ConsumerIdentity(id, name, consumers.IsStaging(name)));
}
