using Messaging.Outbox.Transport;

namespace Messaging.Outbox.Payloads;

/// <summary>The types of a message that waits for a decision, by their names on the wire.</summary>
internal static class TransitTypes
{
    /// <summary>In metadata: the beginning of a list of types that is not empty.</summary>
    public const string InMetadata = "\"messageTypes\":[\"";

    /// <returns>Its own type, and then those that it inherits; none if nothing of the message says so.</returns>
    public static IReadOnlyList<string> Of(string metadata, string? contentType, ReadOnlyMemory<byte> body) =>
        MessageMetadata.TryFromJson(metadata) is { MessageTypes: { Length: > 0 } types } ? types : Envelope.Read(MediaTypeOf(contentType), body).MessageTypes;

    /// <returns>The media type without its parameters; null if it cannot be read.</returns>
    public static string? MediaTypeOf(string? contentType) => contentType?.Split(';')[0].Trim();
}
