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
    /// <summary>The type of a message by its names on the wire, its own first; null if this process does not know it.</summary>
    public Type? TypeOf(IReadOnlyList<string> names) => names.Count == 0 ? null : types.FindByWireName(names[0]);

    /// <summary>Whether the body is that of a <see cref="SensitiveAttribute"/> type; of one that this process does not know, whether one of that name is.</summary>
    public bool IsSensitive(IReadOnlyList<string> names, string? messageType) =>
        TypeOf(names) is { } type ? MessageTypes.IsSensitive(type) : messageType is not null && types.IsSensitive(messageType);

    /// <summary>The paths of the <see cref="RedactedAttribute"/> properties of its own type; those of all types if this process does not know it.</summary>
    public IReadOnlyList<string> RedactedOf(IReadOnlyList<string> names) => types.RedactedOf(TypeOf(names));

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
}
