using System.Text.Json;
using System.Text.Json.Nodes;
using Messaging.Outbox.Store;

namespace Messaging.Outbox.Payloads;

/// <summary>
/// What of the body of a message that waits for a decision may be shown. It is stored as it was sent, because a redrive sends it again; the
/// attributes of its type say what of it nobody is to see.
/// </summary>
internal sealed class TransitBodies(MessageTypes types)
{
    /// <summary>Whether the body is that of a <see cref="SensitiveAttribute"/> type, as far as this process knows it.</summary>
    public bool IsSensitive(string? messageType) => messageType is not null && types.IsSensitive(messageType);

    /// <summary>
    /// The paths of the <see cref="RedactedAttribute"/> properties of a type; those of all types if this process does not know it, or if it is null.
    /// </summary>
    public IReadOnlyList<string> RedactedOf(string? messageType) => types.RedactedOf(messageType);

    /// <summary>
    /// The body without the values of members that are named as one that is redacted, wherever they are: a message that could not be read
    /// need not have the form of its type.
    /// </summary>
    /// <returns>Null if it cannot be read as JSON, so that nobody can say where these values are.</returns>
    public static string? Without(IReadOnlyList<string> redacted, string body)
    {
        if (redacted.Count == 0)
        {
            return body;
        }

        try
        {
            var root = JsonNode.Parse(body);
            var names = redacted.Select(path => path.Split('.')[^1]).ToHashSet(StringComparer.OrdinalIgnoreCase);
            Replace(MessageIn(root) ?? root, names);
            return root?.ToJsonString(JsonText.Relaxed) ?? body;
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Puts back the values in whose place an edited message still has <c>"[redacted]"</c>.</summary>
    /// <param name="edited">The edited message or body.</param>
    /// <param name="before">What was edited.</param>
    /// <returns>False if one of them has no value to be put back.</returns>
    public static bool TryRestore(JsonNode? edited, JsonNode? before)
    {
        switch (edited)
        {
            case JsonObject members:
                foreach (var (name, value) in members.ToList())
                {
                    var old = (before as JsonObject)?[name];
                    if (!IsReplacement(value))
                    {
                        if (!TryRestore(value, old))
                        {
                            return false;
                        }
                    }
                    else if (before is JsonObject had && had.ContainsKey(name))
                    {
                        members[name] = old?.DeepClone();
                    }
                    else
                    {
                        return false;
                    }
                }

                return true;

            case JsonArray items:
                // In a list of another length nobody can say which item is which.
                var same = before is JsonArray list && list.Count == items.Count ? list : null;
                for (var i = 0; i < items.Count; i++)
                {
                    var old = same?[i];
                    if (IsReplacement(items[i]) || !TryRestore(items[i], old))
                    {
                        return false;
                    }
                }

                return true;

            default:
                return true;
        }
    }

    private static JsonNode? MessageIn(JsonNode? root) => root is JsonObject envelope && envelope.ContainsKey("messageType") ? envelope["message"] : null;

    private static void Replace(JsonNode? node, HashSet<string> names)
    {
        switch (node)
        {
            case JsonObject members:
                foreach (var (name, value) in members.ToList())
                {
                    if (value is not null && names.Contains(name))
                    {
                        members[name] = PayloadJson.Replacement;
                    }
                    else
                    {
                        Replace(value, names);
                    }
                }

                break;

            case JsonArray items:
                foreach (var item in items)
                {
                    Replace(item, names);
                }

                break;
        }
    }

    private static bool IsReplacement(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) && text == PayloadJson.Replacement;
}
