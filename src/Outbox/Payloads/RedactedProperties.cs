using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Messaging.Outbox.Payloads;

/// <summary>Replaces the values of properties with <see cref="RedactedAttribute"/>, wherever in a message their type is used.</summary>
internal static class RedactedProperties
{
    public static bool IsRedacted(JsonPropertyInfo property) =>
        property.AttributeProvider?.IsDefined(typeof(RedactedAttribute), inherit: true) == true;

    /// <summary>A modifier of the serializer's contracts.</summary>
    public static void Replace(JsonTypeInfo type)
    {
        foreach (var property in type.Properties.Where(IsRedacted))
        {
            property.CustomConverter = (JsonConverter)Activator.CreateInstance(typeof(Replaced<>).MakeGenericType(property.PropertyType))!;
            property.NumberHandling = null; // it is for numbers only
        }
    }

    private sealed class Replaced<T> : JsonConverter<T>
    {
        public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            throw new NotSupportedException("A redacted value cannot be read.");

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(PayloadJson.Replacement);
    }
}
