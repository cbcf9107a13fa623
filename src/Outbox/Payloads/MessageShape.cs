using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace Messaging.Outbox.Payloads;

/// <summary>Compares the members of a message with those of its type, also in nested objects and lists.</summary>
internal static class MessageShape
{
    /// <summary>The members that the type does not have, by their paths without the indexes of lists.</summary>
    public static IEnumerable<(string Path, string Key)> Unknown(JsonNode? node, Type type, JsonSerializerOptions options) =>
        Walk(node, type, options, "", "", (members, info, path, key) =>
            info.Properties.Any(p => p.IsExtensionData)
                ? []
                : members.Select(m => m.Key).Where(name => Find(info, name, options) is null && !IsOfSerializer(name)).Select(name => (MessagePath.Of(path, name), MessagePath.Of(key, name))));

    /// <summary>The members that the type needs and the message does not have.</summary>
    public static IEnumerable<string> Missing(JsonNode? node, Type type, JsonSerializerOptions options) =>
        Walk(node, type, options, "", "", (members, info, path, _) =>
            info.Properties.Where(p => IsNeeded(p, options) && !members.Any(m => IsNamed(p, m.Key, options))).Select(p => (MessagePath.Of(path, p.Name), ""))).Select(found => found.Item1);

    private static IEnumerable<(string, string)> Walk(
        JsonNode? node, Type type, JsonSerializerOptions options, string path, string key, Func<JsonObject, JsonTypeInfo, string, string, IEnumerable<(string, string)>> look)
    {
        if (InfoOf(Nullable.GetUnderlyingType(type) ?? type, options) is not { } info)
        {
            return [];
        }

        return (node, info.Kind) switch
        {
            (JsonObject members, JsonTypeInfoKind.Object) when info.PolymorphismOptions is null => look(members, info, path, key).Concat(members.SelectMany(m =>
                Find(info, m.Key, options) is { } property ? Walk(m.Value, property.PropertyType, options, MessagePath.Of(path, m.Key), MessagePath.Of(key, property.Name), look) : [])),
            (JsonObject members, JsonTypeInfoKind.Dictionary) when info.ElementType is { } element => members.SelectMany(m =>
                Walk(m.Value, element, options, MessagePath.Of(path, m.Key), key, look)),
            (JsonArray items, JsonTypeInfoKind.Enumerable) when info.ElementType is { } element => items.SelectMany((item, i) =>
                Walk(item, element, options, MessagePath.Of(path, i), key, look)),
            _ => [],
        };
    }

    /// <summary>The members that a serializer adds for types and references.</summary>
    private static bool IsOfSerializer(string name) => name is "$type" or "$id" or "$ref" or "$values";

    /// <summary>A member without a value is left out by a bus, so only one that cannot be null is needed, unless the options are stricter.</summary>
    private static bool IsNeeded(JsonPropertyInfo property, JsonSerializerOptions options) =>
        property.IsRequired || (property.AssociatedParameter is { HasDefaultValue: false } parameter && (options.RespectRequiredConstructorParameters || !CanBeNull(parameter)));

    private static bool CanBeNull(JsonParameterInfo parameter) =>
        parameter.ParameterType.IsValueType ? Nullable.GetUnderlyingType(parameter.ParameterType) is not null : parameter.IsNullable;

    private static JsonPropertyInfo? Find(JsonTypeInfo info, string name, JsonSerializerOptions options) => info.Properties.FirstOrDefault(p => IsNamed(p, name, options));

    public static bool IsNamed(JsonPropertyInfo property, string name, JsonSerializerOptions options) =>
        property.Name.Equals(name, options.PropertyNameCaseInsensitive ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal);

    /// <returns>Null for a type that the serializer does not support.</returns>
    public static JsonTypeInfo? InfoOf(Type type, JsonSerializerOptions options)
    {
        try
        {
            return options.GetTypeInfo(type);
        }
        catch (Exception exception) when (exception is NotSupportedException or InvalidOperationException or ArgumentException or JsonException)
        {
            return null;
        }
    }
}
