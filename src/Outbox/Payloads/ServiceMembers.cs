using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace Messaging.Outbox.Payloads;

/// <summary>The members with <see cref="ReadOnlyAttribute"/>, which only the service sets, in a message that an operator has edited; also in nested objects and lists.</summary>
internal static class ServiceMembers
{
    /// <summary>Puts back those that were left out, and refuses those that were changed or added.</summary>
    /// <param name="message">The edited message, which is changed.</param>
    /// <param name="type">Its type.</param>
    /// <param name="before">The message as it was.</param>
    /// <param name="options">A contract of the type that has these members.</param>
    /// <exception cref="EditedMessageException">One of them has another value than before, or is not in an item of a list where it was.</exception>
    public static void Keep(JsonObject message, Type type, JsonNode? before, JsonSerializerOptions options)
    {
        if (In(message, before, type, options, "", isItem: false).ToList() is { Count: > 0 } problems)
        {
            throw new EditedMessageException(problems);
        }
    }

    private static IEnumerable<(string, string)> In(JsonNode? node, JsonNode? before, Type type, JsonSerializerOptions options, string path, bool isItem)
    {
        var info = Written(InfoOf(Nullable.GetUnderlyingType(type) ?? type, options), node, options);
        return (node, info?.Kind) switch
        {
            (JsonObject members, JsonTypeInfoKind.Object) => info!.Properties.SelectMany(property =>
                InMember(members, before as JsonObject, property, options, path, isItem)),
            (JsonObject members, JsonTypeInfoKind.Dictionary) when info!.ElementType is { } element => members.ToList().SelectMany(m =>
                In(m.Value, (before as JsonObject)?[m.Key], element, options, MessagePath.Of(path, m.Key), isItem: false)),
            (JsonArray items, JsonTypeInfoKind.Enumerable) when info!.ElementType is { } element => items.SelectMany((item, i) =>
                In(item, before is JsonArray had && i < had.Count ? had[i] : null, element, options, MessagePath.Of(path, i), isItem: true)),
            _ => [],
        };
    }

    /// <summary>The type that a message says in the place of one that others inherit.</summary>
    private static JsonTypeInfo? Written(JsonTypeInfo? info, JsonNode? node, JsonSerializerOptions options) =>
        info?.PolymorphismOptions is { } known && (node as JsonObject)?[known.TypeDiscriminatorPropertyName]?.ToString() is { } name
        && known.DerivedTypes.FirstOrDefault(derived => derived.TypeDiscriminator?.ToString() == name).DerivedType is { } type
            ? InfoOf(type, options) ?? info
            : info;

    /// <summary>A bus has converters of its own for interfaces and dictionaries; what such a type consists of does not depend on them.</summary>
    private static JsonTypeInfo? InfoOf(Type type, JsonSerializerOptions options) =>
        MessageShape.InfoOf(type, options) is { Kind: not JsonTypeInfoKind.None } info ? info : MessageShape.InfoOf(type, PayloadJson.Reading);

    /// <summary>A type may read its members whatever their case, so one may be there more than once.</summary>
    private static IEnumerable<(string, string)> InMember(
        JsonObject members, JsonObject? before, JsonPropertyInfo property, JsonSerializerOptions options, string path, bool isItem)
    {
        var given = members.Where(m => MessageShape.IsNamed(property, m.Key, options)).ToList();
        var (name, value) = before?.FirstOrDefault(m => MessageShape.IsNamed(property, m.Key, options)) ?? default;
        if (property.AttributeProvider?.IsDefined(typeof(ReadOnlyAttribute), inherit: true) != true)
        {
            return given.SelectMany(m => In(m.Value, value, property.PropertyType, options, MessagePath.Of(path, m.Key), isItem));
        }

        if (given.Count == 0 && value is not null)
        {
            if (isItem)
            {
                return [(MessagePath.Of(path, name), "cannot be left out: only the service sets it.")]; // an item that has taken the place of another one would get its value
            }

            members[name] = value.DeepClone();
        }

        return given.Where(m => !JsonNode.DeepEquals(m.Value, value)).Select(m => (MessagePath.Of(path, m.Key), "cannot be changed: only the service sets it."));
    }
}
