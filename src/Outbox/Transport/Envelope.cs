using System.Text.Json;

namespace Messaging.Outbox.Transport;

/// <summary>The metadata in the envelope of a message in the bus's JSON format, as far as it can be read.</summary>
internal sealed record Envelope(Guid? MessageId, Guid? TaskId, IReadOnlyList<string> MessageTypes)
{
    public const string ContentType = "application/vnd.masstransit+json";

    private static readonly Envelope Unreadable = new(MessageId: null, TaskId: null, []);

    public static bool IsEnvelope(string? mediaType) =>
        string.Equals(mediaType, ContentType, StringComparison.OrdinalIgnoreCase);

    public static Envelope Read(string? mediaType, ReadOnlyMemory<byte> body)
    {
        if (!IsEnvelope(mediaType))
        {
            return Unreadable;
        }

        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            var messageId = Id(root, "messageId");
            var taskId = root.TryGetProperty("headers", out var headers) && headers.ValueKind == JsonValueKind.Object ? Id(headers, OutboxHeaders.TaskId) : null;
            return new Envelope(
                messageId,
                taskId == messageId ? taskId : null, // otherwise it is a copied header of another message
                root.TryGetProperty("messageType", out var types) && types.ValueKind == JsonValueKind.Array
                    ? [.. types.EnumerateArray().Where(t => t.ValueKind == JsonValueKind.String).Select(t => t.GetString()!)]
                    : []);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return Unreadable;
        }
    }

    /// <summary>The types in the envelope, or else those of the header.</summary>
    public IReadOnlyList<string> TypesOr(string? header) => MessageTypes.Count > 0 ? MessageTypes : header?.Split(';') ?? [];

    private static Guid? Id(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && Guid.TryParse(value.GetString(), out var id)
            ? id
            : null;
}
