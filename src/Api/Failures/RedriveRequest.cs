using System.Text.Json;
using Messaging.Api.Http;
using Messaging.Outbox;

namespace Messaging.Api.Failures;

/// <summary>What is to be sent instead; at most one of the two.</summary>
/// <param name="Message">The message, which takes the place of the old one within its envelope.</param>
/// <param name="Body">The body as a whole, for one whose envelope cannot be read.</param>
internal sealed record RedriveRequest(JsonElement? Message, string? Body)
{
    /// <returns>The edit, or null for none; or what is wrong.</returns>
    public static async Task<(FailureEdit? Edit, Dictionary<string, string[]>? Errors)> ReadAsync(HttpRequest request)
    {
        var body = await RequestBody.ReadAsync(request);
        if (body.Length == 0)
        {
            return (null, null);
        }

        if (!RequestBody.IsJson(request))
        {
            return Wrong("message", "The body must be application/json.");
        }

        var members = RequestBody.ParseJson(body);
        var (message, text) = (Find(members, "message"), Find(members, "body"));
        var unknown = members.Select(m => m.Key).FirstOrDefault(k => !IsOneOf(k, "message", "body"));
        return (message, text) switch
        {
            _ when unknown is not null => Wrong(unknown, "is not known here; known are message, body."),
            (null, null) => (null, null),
            ({ ValueKind: JsonValueKind.Object } value, null) => (FailureEdit.Message(value), null),
            (not null, null) => Wrong("message", "must be an object."),
            (null, { ValueKind: JsonValueKind.String } value) => (FailureEdit.Body(value.GetString()!), null),
            (null, not null) => Wrong("body", "must be a text."),
            _ => Wrong("message", "excludes 'body': one of them is enough."),
        };
    }

    private static JsonElement? Find(IReadOnlyList<KeyValuePair<string, JsonElement>> members, string name)
    {
        var found = members.LastOrDefault(m => IsOneOf(m.Key, name)).Value;
        return found.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null ? null : found;
    }

    private static bool IsOneOf(string name, params ReadOnlySpan<string> known)
    {
        foreach (var one in known)
        {
            if (name.Equals(one, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    private static (FailureEdit? Edit, Dictionary<string, string[]>? Errors) Wrong(string name, string problem) =>
        (null, new Dictionary<string, string[]>(StringComparer.Ordinal) { [name] = [$"'{name}' {problem}"] });
}
