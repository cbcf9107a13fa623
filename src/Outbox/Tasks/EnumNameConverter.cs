using System.Text.Json;
using System.Text.Json.Serialization;

namespace Messaging.Outbox.Tasks;

/// <summary>
/// Reads and writes an enum by the name of one member. <see cref="JsonStringEnumConverter"/> also accepts a comma-separated list
/// of names, which gives a value without a member, unless the type has <see cref="FlagsAttribute"/>.
/// </summary>
internal sealed class EnumNameConverter : JsonConverterFactory
{
    private static readonly JsonStringEnumConverter Names = new(namingPolicy: null, allowIntegerValues: false);

    public override bool CanConvert(Type typeToConvert) => Names.CanConvert(typeToConvert);

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options)
    {
        var converter = Names.CreateConverter(typeToConvert, options)!;
        return typeToConvert.IsDefined(typeof(FlagsAttribute), inherit: false)
            ? converter
            : (JsonConverter)Activator.CreateInstance(typeof(One<>).MakeGenericType(typeToConvert), converter)!;
    }

    private sealed class One<T>(JsonConverter<T> converter) : JsonConverter<T>
        where T : struct, Enum
    {
        public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.String && reader.GetString()!.Contains(',', StringComparison.Ordinal)
                ? throw new JsonException($"The value must be one of {string.Join(", ", Enum.GetNames<T>())}.")
                : converter.Read(ref reader, typeToConvert, options);

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => converter.Write(writer, value, options);
    }
}
