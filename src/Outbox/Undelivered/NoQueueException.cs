using Messaging.Outbox.Transport;

namespace Messaging.Outbox.Undelivered;

/// <summary>There is no queue for a message: the broker returned it, or no consumer of this process takes it.</summary>
internal sealed class NoQueueException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <param name="metadata">The metadata of the message.</param>
    /// <param name="destination">The exchange of the message's type, or a queue.</param>
    /// <param name="inner">The exception of the transport.</param>
    public static NoQueueException For(MessageMetadata metadata, Uri destination, Exception? inner = null)
    {
        var name = ConsumerRegistry.QueueOf(destination);
        return new NoQueueException(
            metadata.MessageTypes.Length > 0 && IsOfType(name, metadata.MessageTypes[0])
                ? $"No queue takes messages of type {UnsubscribedEvents.NameOf(metadata.MessageTypes)}: no worker with a consumer for it has been started yet."
                : $"There is no queue {Uri.UnescapeDataString(name)}.",
            inner);
    }

    /// <summary>
    /// The name of the exchange ends like the type: <c>Messaging.Contracts:UserRegistered</c>, or in memory <c>urn:message:…</c>.
    /// </summary>
    private static bool IsOfType(string destination, string type) => Uri.UnescapeDataString(destination).EndsWith(type.Split(':', 3)[^1], StringComparison.Ordinal);
}
