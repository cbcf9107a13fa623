using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Messaging.Outbox.Transport;

/// <summary>
/// Keeps the type of header values: strings and booleans as they are, other values as <c>{ "type": "value" }</c>, so that the
/// transport gets the same value as without the outbox.
/// </summary>
internal sealed class HeaderValueConverter : JsonConverter<object>
{
    public override object Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.String: return reader.GetString()!;
            case JsonTokenType.True: return true;
            case JsonTokenType.False: return false;
            case JsonTokenType.StartArray: return ReadArray(ref reader);
        }

        reader.Read();
        var type = reader.GetString();
        reader.Read();
        var text = reader.GetString()!;
        reader.Read();
        try
        {
            return Parse(type, text);
        }
        catch (Exception exception) when (exception is FormatException or OverflowException or ArgumentException)
        {
            throw new JsonException($"A header of the type {type} cannot be read.", exception); // so that the row is one that cannot be sent, like any other
        }
    }

    public override void Write(Utf8JsonWriter writer, object value, JsonSerializerOptions options)
    {
        switch (value)
        {
            case string text:
                writer.WriteStringValue(text);
                break;
            case bool flag:
                writer.WriteBooleanValue(flag);
                break;
            case IEnumerable<string> texts:
                writer.WriteStartArray();
                foreach (var text in texts)
                {
                    writer.WriteStringValue(text);
                }

                writer.WriteEndArray();
                break;
            default:
                var (type, formatted) = Format(value);
                writer.WriteStartObject();
                writer.WriteString(type, formatted);
                writer.WriteEndObject();
                break;
        }
    }

    private static string[] ReadArray(ref Utf8JsonReader reader)
    {
        var texts = new List<string>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            texts.Add(reader.GetString()!);
        }

        return [.. texts];
    }

    private static (string Type, string Text) Format(object value) => value switch
    {
        byte[] bytes => ("bytes", Convert.ToBase64String(bytes)),
        DateTime time => ("dateTime", time.ToString("O", CultureInfo.InvariantCulture)),
        DateTimeOffset time => ("dateTimeOffset", time.ToString("O", CultureInfo.InvariantCulture)),
        TimeSpan duration => ("timeSpan", duration.ToString("c", CultureInfo.InvariantCulture)),
        Guid id => ("guid", id.ToString("D")),
        Uri uri => ("uri", uri.OriginalString),
        byte or sbyte or short or ushort or int => ("int", Convert.ToInt32(value, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture)),
        uint or long => ("long", Convert.ToInt64(value, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture)),
        float number => ("float", number.ToString("R", CultureInfo.InvariantCulture)),
        double number => ("double", number.ToString("R", CultureInfo.InvariantCulture)),
        decimal number => ("decimal", number.ToString(CultureInfo.InvariantCulture)),
        IFormattable other => ("text", other.ToString(null, CultureInfo.InvariantCulture)),
        _ => ("text", value.ToString() ?? string.Empty),
    };

    private static object Parse(string? type, string text) => type switch
    {
        "bytes" => Convert.FromBase64String(text),
        "dateTime" => DateTime.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind),
        "dateTimeOffset" => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture),
        "timeSpan" => TimeSpan.ParseExact(text, "c", CultureInfo.InvariantCulture),
        "guid" => Guid.ParseExact(text, "D"),
        "uri" => new Uri(text, UriKind.RelativeOrAbsolute),
        "int" => int.Parse(text, CultureInfo.InvariantCulture),
        "long" => long.Parse(text, CultureInfo.InvariantCulture),
        "float" => float.Parse(text, CultureInfo.InvariantCulture),
        "double" => double.Parse(text, CultureInfo.InvariantCulture),
        "decimal" => decimal.Parse(text, CultureInfo.InvariantCulture),
        _ => text,
    };
}
