using Messaging.Outbox.Transport;

namespace Messaging.Outbox.Queues;

/// <summary>Reads a message that was taken from its queue.</summary>
internal static class TakenMessageExtensions
{
    /// <summary>The message's types, the most specific first.</summary>
    public static IReadOnlyList<string> MessageTypes(this TakenMessage message)
    {
        var header = message.Headers.FirstOrDefault(h => string.Equals(h.Key, WireHeaders.MessageType, StringComparison.Ordinal)).Value;
        return Envelope.Read(message.ContentType, message.Body).TypesOr(header is null ? null : HeaderText.Of(header));
    }
}
