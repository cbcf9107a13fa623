using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Nodes;
using Messaging.Outbox.Tasks;

namespace Messaging.Outbox.Payloads;

/// <summary>A message that an operator has edited before it is run again: validated as that of a new task, by the name of its type.</summary>
internal static class EditedMessage
{
    /// <param name="type">The type of the message.</param>
    /// <param name="kept">The payload.</param>
    /// <param name="edited">The edited message.</param>
    /// <param name="types">The types that can be enqueued by name.</param>
    /// <returns>
    /// The message as JSON to be read by <see cref="PayloadJson.Reading"/>. Members that callers cannot set have the values that were kept.
    /// </returns>
    /// <exception cref="EditedMessageException">The message is wrong; the text says why, without a value.</exception>
    public static JsonElement Of(Type type, KeptPayload kept, JsonElement edited, TaskTypes types)
    {
        if (edited.ValueKind != JsonValueKind.Object)
        {
            throw new EditedMessageException("must be an object.");
        }

        var message = Parse(edited);
        if (kept.Redacted is { } redacted && HasReplacement(message))
        {
            throw new EditedMessageException($"still has '{PayloadJson.Replacement}' in the place of a value: set {redacted.Replace(",", ", ", StringComparison.Ordinal)}.");
        }

        var original = JsonNode.Parse(kept.Message!)!.AsObject();
        if (kept.Redacted is not null && MissingIn(message, original, path: "") is { } missing)
        {
            throw new EditedMessageException($"lacks '{missing}', whose value was replaced when it was stored: set it, to null if it is to have none.");
        }

        var own = OwnMembers(type, original);
        foreach (var (name, value) in own)
        {
            if (message.TryGetPropertyValue(name, out var given) && !JsonNode.DeepEquals(given, value))
            {
                throw new EditedMessageException($"changes '{name}', which only the service sets.");
            }

            message.Remove(name);
        }

        if (!types.TryRead(type.Name, JsonSerializer.SerializeToElement(message), out _, out var error))
        {
            throw new EditedMessageException(error);
        }

        foreach (var (name, value) in own)
        {
            message[name] = value?.DeepClone();
        }

        return JsonSerializer.SerializeToElement(message);
    }

    /// <summary>Of two members of one name nobody can say which one is meant.</summary>
    private static JsonObject Parse(JsonElement edited)
    {
        try
        {
            return JsonNode.Parse(edited.GetRawText(), nodeOptions: null, new JsonDocumentOptions { AllowDuplicateProperties = false })!.AsObject();
        }
        catch (JsonException)
        {
            throw new EditedMessageException("has a member twice.");
        }
    }

    /// <summary>The members with <see cref="ReadOnlyAttribute"/>, which <see cref="TaskTypes"/> refuses, and their values.</summary>
    private static Dictionary<string, JsonNode?> OwnMembers(Type type, JsonObject kept) =>
        PayloadJson.Reading.GetTypeInfo(type).Properties
            .Where(p => p.AttributeProvider?.IsDefined(typeof(ReadOnlyAttribute), inherit: true) == true && kept.ContainsKey(p.Name))
            .ToDictionary(p => p.Name, p => kept[p.Name], StringComparer.Ordinal);

    /// <summary>The first member that was replaced and is not given. An item of a list is compared with that in its place, or the last one.</summary>
    private static string? MissingIn(JsonNode? given, JsonNode? kept, string path) => (given, kept) switch
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

    private static bool HasReplacement(JsonNode? node) => node switch
    {
        JsonObject members => members.Any(m => HasReplacement(m.Value)),
        JsonArray items => items.Any(HasReplacement),
        JsonValue value => value.TryGetValue<string>(out var text) && text == PayloadJson.Replacement,
        _ => false,
    };
}
