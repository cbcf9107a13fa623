using System.Text.Json;

namespace Messaging.Outbox.Transport;

/// <summary>
/// The origin of a message, read from the bus's envelope, where it precedes the message; so the row does not need to repeat
/// it.
/// </summary>
internal readonly record struct EnvelopeOrigin(Guid? ConversationId, Uri? SourceAddress)
{
    /// <returns>The origin, as far as it can be read; empty for other formats.</returns>
    public static EnvelopeOrigin Read(ReadOnlySpan<byte> body)
    {
        var origin = default(EnvelopeOrigin);
        try
        {
            var json = new Utf8JsonReader(body);
            json.Read();
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName && !json.ValueTextEquals("message"u8))
            {
                var (isConversation, isSource) = (json.ValueTextEquals("conversationId"u8), json.ValueTextEquals("sourceAddress"u8));
                json.Read();
                if (isConversation && json.TokenType == JsonTokenType.String && json.TryGetGuid(out var id))
                {
                    origin = origin with { ConversationId = id };
                }
                else if (isSource && json.TokenType == JsonTokenType.String && Uri.TryCreate(json.GetString(), UriKind.Absolute, out var address))
                {
                    origin = origin with { SourceAddress = address };
                }

                json.Skip();
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // The body is invalid; its consumer will report that.
        }

        return origin;
    }
}
