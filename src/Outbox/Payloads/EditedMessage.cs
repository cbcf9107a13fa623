using System.Text.Json;
using System.Text.Json.Nodes;

namespace Messaging.Outbox.Payloads;

/// <summary>
/// A message that an operator has edited before it is redriven or run again: checked as its type, without text in the place of values that
/// were redacted, and with members that only the service sets as they were (docs/decisions/0056).
/// </summary>
internal static class EditedMessage
{
    /// <summary>A message that is run again. The redacted values of the old one were never stored, so each has to be given.</summary>
    /// <param name="type">The type of the message.</param>
    /// <param name="kept">The payload.</param>
    /// <param name="edited">The edited message.</param>
    /// <returns>The message as JSON to be read by <see cref="PayloadJson.Reading"/>.</returns>
    /// <exception cref="EditedMessageException">The message is wrong; the text says why, without a value.</exception>
    public static JsonElement OfPayload(Type type, KeptPayload kept, JsonElement edited)
    {
        var message = Parse(edited.GetRawText());
        var before = JsonNode.Parse(kept.Message!)!.AsObject();
        if (kept.Redacted is { } redacted)
        {
            if (RedactedValues.HasReplacement(message))
            {
                throw new EditedMessageException($"still has '{PayloadJson.Replacement}' in the place of a value: set {redacted.Replace(",", ", ", StringComparison.Ordinal)}.");
            }

            if (RedactedValues.MissingIn(message, before) is { } missing)
            {
                throw new EditedMessageException($"lacks '{missing}', whose value was replaced when it was stored: set it, to null if it is to have none.");
            }
        }

        ThrowIfPartlyReplaced(message, before);
        ServiceMembers.Keep(message, type, before, PayloadJson.Reading);
        MessageReading.Check(message, type, before, MessageReading.OfTasks);
        return JsonSerializer.SerializeToElement(message);
    }

    /// <summary>A message of a dead letter. Where it still has the replacement it gets the value of the message that is redriven.</summary>
    /// <param name="type">The type of the message; null if this process does not know it.</param>
    /// <param name="message">The edited message, which is changed.</param>
    /// <param name="before">The message that is redriven; null if it cannot be read.</param>
    /// <param name="options">How the bus reads it.</param>
    /// <returns>The message as it is sent.</returns>
    /// <exception cref="EditedMessageException">The message is wrong; the text says why, without a value.</exception>
    public static JsonObject OfTransit(Type? type, JsonObject message, JsonNode? before, JsonSerializerOptions options)
    {
        if (!RedactedValues.TryRestore(message, before))
        {
            throw new EditedMessageException($"has '{PayloadJson.Replacement}' where the message that is redriven has no value: set it.");
        }

        ThrowIfPartlyReplaced(message, before);
        if (type is not null)
        {
            ServiceMembers.Keep(message, type, before, options);
            MessageReading.Check(message, type, before, options);
        }

        return message;
    }

    /// <exception cref="EditedMessageException">It is no JSON object, or has a member twice.</exception>
    public static JsonObject Parse(string json)
    {
        try
        {
            return JsonNode.Parse(json, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false }) as JsonObject ?? throw new EditedMessageException("must be an object.");
        }
        catch (JsonException)
        {
            throw new EditedMessageException("is no JSON, or has a member twice.");
        }
    }

    /// <exception cref="EditedMessageException">A text has the replacement within it.</exception>
    public static void ThrowIfPartlyReplaced(JsonObject message, JsonNode? before)
    {
        if (RedactedValues.PartlyReplacedIn(message, before) is { } path)
        {
            throw new EditedMessageException([(path, $"has '{PayloadJson.Replacement}' within its text: it stands for the whole value, which nobody is shown. Leave it alone, or write the whole value.")]);
        }
    }
}
