using System.Text.Json.Nodes;

namespace Messaging.Outbox.Payloads;

/// <summary>Values in whose place an operator has seen <c>"[redacted]"</c>: this text is never sent as a value.</summary>
internal static class RedactedValues
{
    /// <summary>Puts back the values in whose place an edited message still has the replacement.</summary>
    /// <param name="edited">The edited message or body.</param>
    /// <param name="before">What was edited.</param>
    /// <returns>False if one of them has no value to be put back.</returns>
    public static bool TryRestore(JsonNode? edited, JsonNode? before) => edited switch
    {
        JsonObject members => members.ToList().TrueForAll(member => TryRestore(members, member.Key, member.Value, before as JsonObject)),

        JsonArray items when HasReplacement(items) => before is JsonArray list && AreInOrder(items, list) && items.Zip(list).All(pair => TryRestore(pair.First, pair.Second)),
        _ => true,
    };

    /// <summary>
    /// The path of the first string that has the replacement within it, such as <c>"Dear [redacted]"</c>: an edit of a value that the operator
    /// has not seen. Null if there is none. A string that the message had before is left as it is.
    /// </summary>
    public static string? PartlyReplacedIn(JsonNode? edited, JsonNode? before, string path = "") => edited switch
    {
        JsonObject members => members
            .Select(member => PartlyReplacedIn(member.Value, (before as JsonObject)?[member.Key], MessagePath.Of(path, member.Key)))
            .FirstOrDefault(found => found is not null),
        JsonArray items => items
            .Select((item, i) => PartlyReplacedIn(item, before is JsonArray list && i < list.Count ? list[i] : null, MessagePath.Of(path, i)))
            .FirstOrDefault(found => found is not null),
        JsonValue value when value.TryGetValue<string>(out var text) && text.Contains(PayloadJson.Replacement, StringComparison.Ordinal) && !JsonNode.DeepEquals(value, before) => path,
        _ => null,
    };

    public static bool HasReplacement(JsonNode? node) => node switch
    {
        JsonObject members => members.Any(m => HasReplacement(m.Value)),
        JsonArray items => items.Any(HasReplacement),
        _ => IsReplacement(node),
    };

    /// <summary>The first member that was replaced and is not given. An item of a list is compared with that in its place, or the last one.</summary>
    public static string? MissingIn(JsonNode? given, JsonNode? kept, string path = "") => (given, kept) switch
    {
        (JsonObject members, JsonObject before) => before
            .Where(member => HasReplacement(member.Value))
            .Select(member => Member(members, member.Key) is (true, var value) ? MissingIn(value, member.Value, $"{path}{member.Key}.") : path + member.Key)
            .FirstOrDefault(missing => missing is not null),
        (JsonArray items, JsonArray { Count: > 0 } before) => items
            .Select((item, i) => MissingIn(item, before[Math.Min(i, before.Count - 1)], path))
            .FirstOrDefault(missing => missing is not null),
        _ => null,
    };

    /// <summary>
    /// Whether each item stands where it stood. In a list of another length, or with an item that looks like one in another place, nobody can say
    /// which value belongs to which.
    /// </summary>
    private static bool AreInOrder(JsonArray items, JsonArray before) =>
        items.Count == before.Count
        && !items.Where((item, i) => IsReplacement(item) || (HasReplacement(item) && !LooksLike(item, before[i]) && before.Any(other => LooksLike(item, other)))).Any();

    /// <summary>Whether an item is equal to another one in all that was shown of it.</summary>
    private static bool LooksLike(JsonNode? shown, JsonNode? whole) => (shown, whole) switch
    {
        (JsonObject members, JsonObject others) => members.Count == others.Count && members.All(m => others.TryGetPropertyValue(m.Key, out var other) && LooksLike(m.Value, other)),
        (JsonArray items, JsonArray others) => items.Count == others.Count && items.Zip(others).All(pair => LooksLike(pair.First, pair.Second)),
        _ => IsReplacement(shown) || JsonNode.DeepEquals(shown, whole),
    };

    private static bool TryRestore(JsonObject members, string name, JsonNode? value, JsonObject? before)
    {
        if (!IsReplacement(value))
        {
            return TryRestore(value, before?[name]);
        }

        if (before?.TryGetPropertyValue(name, out var old) != true)
        {
            return false;
        }

        members[name] = old?.DeepClone();
        return true;
    }

    /// <summary>A member by its name in any case, as messages are read.</summary>
    private static (bool Found, JsonNode? Value) Member(JsonObject members, string name)
    {
        foreach (var (key, value) in members)
        {
            if (key.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return (true, value);
            }
        }

        return (false, null);
    }

    private static bool IsReplacement(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) && text == PayloadJson.Replacement;
}
