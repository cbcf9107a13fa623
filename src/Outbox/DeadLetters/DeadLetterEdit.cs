using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Messaging.Outbox.Payloads;
using Messaging.Outbox.Store;
using Messaging.Outbox.Transport;

namespace Messaging.Outbox;

/// <summary>A replacement for the body of a message that is redriven: for the message inside its envelope, or for the whole body.</summary>
/// <remarks>What still is <c>"[redacted]"</c> in it keeps the value that the message has there.</remarks>
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
            return Encoding.UTF8.GetBytes(_body.Contains(PayloadJson.Replacement, StringComparison.Ordinal) ? Restored(_body, old) : _body);
        }

        if (!Envelope.IsEnvelopeType(contentType))
        {
            var text = _message!.Value.GetRawText();
            return Encoding.UTF8.GetBytes(text.Contains(PayloadJson.Replacement, StringComparison.Ordinal) ? Restored(text, old) : text);
        }

        try
        {
            var envelope = JsonNode.Parse(old)?.AsObject() ?? throw new DeadLetterEditException();
            var message = JsonNode.Parse(_message!.Value.GetRawText());
            Restore(message, envelope["message"]);
            envelope["message"] = message;
            return Encoding.UTF8.GetBytes(envelope.ToJsonString(JsonText.Relaxed));
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or ArgumentException)
        {
            throw new DeadLetterEditException();
        }
    }

    private static string Restored(string edited, byte[] old)
    {
        try
        {
            var body = JsonNode.Parse(edited);
            Restore(body, JsonNode.Parse(old));
            return body!.ToJsonString(JsonText.Relaxed);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or ArgumentException)
        {
            // It is no JSON. A serializer that is less strict might still read it, and take the replacement for a value.
            return edited.Contains(PayloadJson.Replacement, StringComparison.Ordinal)
                ? throw new DeadLetterEditException($"is no JSON, and has '{PayloadJson.Replacement}' in place of a value: set it, or correct the JSON.")
                : edited;
        }
    }

    private static void Restore(JsonNode? edited, JsonNode? before)
    {
        if (!TransitBodies.TryRestore(edited, before))
        {
            throw new DeadLetterEditException($"has '{PayloadJson.Replacement}' where the message that is redriven has no value: set it.");
        }
    }
}

/// <summary>The message cannot be replaced because its envelope cannot be read, or a value that was shown redacted is in another place.</summary>
public sealed class DeadLetterEditException : Exception
{
    /// <summary>The envelope cannot be read.</summary>
    public DeadLetterEditException()
        : base("The body is not a readable envelope: replace the whole body ('body').")
    {
    }

    internal DeadLetterEditException(string message)
        : base(message)
    {
    }
}
