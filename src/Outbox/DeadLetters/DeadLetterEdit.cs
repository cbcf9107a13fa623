using System.Net.Mime;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Messaging.Outbox.Store;
using Messaging.Outbox.Transport;

namespace Messaging.Outbox;

/// <summary>Another body for a message that is redriven: the message within its envelope, or the body as a whole.</summary>
public sealed class DeadLetterEdit
{
    private readonly JsonElement? _message;
    private readonly string? _body;

    private DeadLetterEdit(JsonElement? message, string? body)
    {
        _message = message;
        _body = body;
    }

    /// <summary>Replaces the message; the envelope around it, with its ids and headers, stays.</summary>
    public static DeadLetterEdit Message(JsonElement message) => new(message, body: null);

    /// <summary>Replaces the whole body, for one whose envelope cannot be read.</summary>
    public static DeadLetterEdit Body(string body) => new(message: null, body);

    /// <exception cref="DeadLetterEditException">The envelope cannot be read, so that there is no message in it to replace.</exception>
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

/// <summary>The message cannot be replaced within its body.</summary>
public sealed class DeadLetterEditException() : Exception("The body is no readable envelope: replace it as a whole ('body').");
