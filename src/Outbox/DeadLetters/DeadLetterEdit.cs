using System.Net.Mime;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Messaging.Outbox.Store;
using Messaging.Outbox.Transport;

namespace Messaging.Outbox;

/// <summary>A replacement for the body of a message that is redriven: for the message inside its envelope, or for the whole body.</summary>
public sealed class DeadLetterEdit
{
    private readonly JsonElement? _message;
    private readonly string? _body;

    private DeadLetterEdit(JsonElement? message, string? body)
    {
        _message = message;
        _body = body;
    }

    /// <summary>Replaces the message; its envelope with the ids and headers stays.</summary>
    public static DeadLetterEdit Message(JsonElement message) => new(message, body: null);

    /// <summary>Replaces the whole body, if its envelope cannot be read.</summary>
    public static DeadLetterEdit Body(string body) => new(message: null, body);

    /// <exception cref="DeadLetterEditException">The envelope cannot be read, so there is no message to replace.</exception>
    internal byte[] Apply(string contentType, byte[] old)
    {
        if (_body is not null)
        {
            return Encoding.UTF8.GetBytes(_body);
        }

        if (!Envelope.IsEnvelope(new ContentType(contentType).MediaType))
        {
            return Encoding.UTF8.GetBytes(_message!.Value.GetRawText());
        }

        try
        {
            var envelope = JsonNode.Parse(old)?.AsObject() ?? throw new DeadLetterEditException();
            envelope["message"] = JsonNode.Parse(_message!.Value.GetRawText());
            return Encoding.UTF8.GetBytes(envelope.ToJsonString(JsonText.Relaxed));
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or ArgumentException)
        {
            throw new DeadLetterEditException();
        }
    }
}

/// <summary>The message cannot be replaced because its envelope cannot be read.</summary>
public sealed class DeadLetterEditException() : Exception("The body is not a readable envelope: replace the whole body ('body').");
