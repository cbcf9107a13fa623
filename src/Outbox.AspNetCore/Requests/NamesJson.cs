using System.Text.Json;
using System.Text.Json.Serialization;

namespace Messaging.Outbox.AspNetCore.Requests;

/// <summary>Reads <see cref="Names{T}"/> and <see cref="Name{T}"/> from JSON, so that a filter is the same in a query string and in a body.</summary>
internal sealed class NamesJson : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) =>
        typeToConvert.IsGenericType && (typeToConvert.GetGenericTypeDefinition() == typeof(Names<>) || typeToConvert.GetGenericTypeDefinition() == typeof(Name<>));

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) => (JsonConverter)Activator.CreateInstance(
        (typeToConvert.GetGenericTypeDefinition() == typeof(Names<>) ? typeof(Many<>) : typeof(One<>)).MakeGenericType(typeToConvert.GenericTypeArguments))!;

    private static string? Text(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                return reader.GetString();
            case JsonTokenType.StartArray:
                using (var array = JsonDocument.ParseValue(ref reader))
                {
                    var items = array.RootElement.EnumerateArray().ToList();
                    return items.All(item => item.ValueKind == JsonValueKind.String) ? string.Join(',', items.Select(item => item.GetString())) : null;
                }

            default:
                reader.Skip();
                return null;
        }
    }

    private sealed class Many<T> : JsonConverter<Names<T>>
        where T : struct, Enum
    {
        public override Names<T> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            Names<T>.TryParse(Text(ref reader), null, out var names) ? names : throw new FieldException(Names<T>.Expected);

        public override void Write(Utf8JsonWriter writer, Names<T> value, JsonSerializerOptions options) =>
            JsonSerializer.Serialize(writer, value.All.Select(name => name.ToString()), options);
    }

    private sealed class One<T> : JsonConverter<Name<T>>
        where T : struct, Enum
    {
        public override Name<T> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            Name<T>.TryParse(Text(ref reader), null, out var name) ? name : throw new FieldException(Name<T>.Expected);

        public override void Write(Utf8JsonWriter writer, Name<T> value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value.ToString());
    }
}
