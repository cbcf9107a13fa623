using System.Text.Json;
using System.Text.Json.Nodes;
using Messaging.Outbox.Transport;

namespace Messaging.Outbox.Payloads;

/// <summary>The body of a message that waits for a decision.</summary>
internal sealed class TransitBody(string contentType, byte[] bytes, string metadata)
{
    private readonly string? _mediaType = TransitTypes.MediaTypeOf(contentType);

    public bool IsEnvelope => Envelope.IsEnvelope(_mediaType);

    public bool IsJson =>
        IsEnvelope || _mediaType is not null && (_mediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase) || _mediaType.EndsWith("+json", StringComparison.OrdinalIgnoreCase));

    /// <summary>The body; null if it is no JSON object.</summary>
    public JsonObject? Root { get; } = Parse(bytes);

    /// <summary>Its own type, and then those that it inherits, by their names on the wire.</summary>
    public IReadOnlyList<string> Types => TransitTypes.Of(metadata, contentType, bytes);

    private static JsonObject? Parse(byte[] bytes)
    {
        try
        {
            return JsonNode.Parse(bytes, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false }) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
