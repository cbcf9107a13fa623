using System.Collections.Concurrent;
using Messaging.Outbox.Inbox;
using Messaging.Outbox.Transport;

namespace Messaging.Outbox.Pipeline;

/// <summary>The consumers of this process, as the inbox knows them.</summary>
internal sealed class ConsumerIdentities(ConsumerRegistry consumers)
{
    private readonly ConcurrentDictionary<Guid, ConsumerIdentity> _byId = new();

    /// <param name="id">MassTransit's, of a consumer of a message on a queue.</param>
    /// <param name="name">The consumer's type.</param>
    public ConsumerIdentity Of(Guid id, string name) => _byId.TryGetValue(id, out var known)
        ? known
        : _byId.GetOrAdd(id, new ConsumerIdentity(id, name, consumers.IsStaging(name)));
}
