using System.Collections;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace Messaging.Outbox.Tasks;

/// <summary>
/// A message of a type with each of its members, for somebody to edit: numbers are 0, strings and lists are empty, what may be null is null. It has
/// the members that <see cref="TaskTypes"/> takes, but need not be valid for the consumer.
/// </summary>
internal sealed class MessageExample(DateTimeOffset now)
{
    private const int MaxDepth = 4;

    private readonly DateTimeOffset _now = DateTimeOffset.FromUnixTimeSeconds(now.ToUnixTimeSeconds());

    public JsonObject Of(Type type) => Object(Info(type), 0);

    private static JsonTypeInfo Info(Type type) => TaskTypes.Json.GetTypeInfo(type);

    private JsonObject Object(JsonTypeInfo type, int depth) => new(
        from property in type.Properties
        where (property.Set is not null || property.AssociatedParameter is not null) && !property.IsExtensionData
        select KeyValuePair.Create(property.Name, Member(property, depth)));

    private JsonNode? Member(JsonPropertyInfo property, int depth) => property switch
    {
        { AssociatedParameter: { HasDefaultValue: true } parameter } => JsonSerializer.SerializeToNode(parameter.DefaultValue, property.PropertyType, TaskTypes.Json),
        { IsSetNullable: true, PropertyType: var type } when !type.IsValueType => null,
        { PropertyType: var type } => Nullable.GetUnderlyingType(type) is null ? Value(type, depth + 1) : null,
    };

    private JsonNode? Value(Type type, int depth) => type switch
    {
        _ when type == typeof(string) => "",
        _ when type == typeof(Uri) => "https://example.org",
        _ when type == typeof(DateTimeOffset) || type == typeof(DateTime) => _now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        _ when type == typeof(DateOnly) => _now.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        _ when type.IsEnum => Enum.GetNames(type) is [var first, ..] ? first : null,
        _ => Info(type).Kind switch
        {
            JsonTypeInfoKind.Object when depth < MaxDepth && !type.IsAbstract => Object(Info(type), depth),
            JsonTypeInfoKind.Enumerable => new JsonArray(),
            JsonTypeInfoKind.Dictionary => new JsonObject(),
            _ when type.IsValueType => JsonSerializer.SerializeToNode(Activator.CreateInstance(type), type, TaskTypes.Json),
            _ => typeof(IEnumerable).IsAssignableFrom(type) ? new JsonArray() : null,
        },
    };
}
