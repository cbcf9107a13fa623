using System.Text.Json;
using Messaging.Outbox.AspNetCore.Http;

namespace Messaging.Outbox.AspNetCore.DeadLetters;

/// <summary>What is to be sent instead; at most one of the two.</summary>
/// <param name="Message">The message, which takes the place of the old one within its envelope.</param>
/// <param name="Body">The body as a whole, for one whose envelope cannot be read.</param>
internal sealed record RedriveRequest(JsonElement? Message, string? Body)
{
    /// <returns>The edit, or null for none; the fields know what is wrong.</returns>
    public static async Task<(DeadLetterEdit? Edit, JsonFields Fields)> ReadAsync(HttpRequest request)
    {
        var fields = await JsonFields.ReadOptionalAsync(request, "message", "body");
        switch (fields.Any("message"), fields.Any("body"))
        {
            case (null, null):
                return (null, fields);
            case ({ ValueKind: JsonValueKind.Object } message, null):
                return (DeadLetterEdit.Message(message), fields);
            case (null, { ValueKind: JsonValueKind.String } body):
                return (DeadLetterEdit.Body(body.GetString()!), fields);
            case (not null, not null):
                fields.Error("message", "excludes 'body': one of them is enough.");
                break;
            case (not null, _):
                fields.Error("message", "must be an object.");
                break;
            default:
                fields.Error("body", "must be a text.");
                break;
        }

        return (null, fields);
    }
}
