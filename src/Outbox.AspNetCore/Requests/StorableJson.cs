using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Messaging.Outbox.AspNetCore;

/// <summary>
/// Reads JSON and rejects strings and names that cannot be decoded or stored: invalid surrogates, invalid UTF-8 and U+0000, which
/// PostgreSQL cannot store. Without this check the error would appear at the first use of the string, possibly in a worker. It
/// also rejects what is nested deeper than 32 levels, counted from the body's own object.
/// </summary>
public sealed class StorableJson : JsonConverter<JsonElement>
{
    private const int MaxDepth = 32;

    /// <inheritdoc />
    public override JsonElement Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var levels = MaxDepth - reader.CurrentDepth;
        var element = JsonElement.ParseValue(ref reader);
        Check(element, levels);
        return element;
    }

    /// <inheritdoc />
    public override void Write(Utf8JsonWriter writer, JsonElement value, JsonSerializerOptions options) => value.WriteTo(writer);

    /// <param name="element">The value.</param>
    /// <param name="levels">How many levels of objects and arrays it may have.</param>
    /// <param name="path">Where it stands within the field.</param>
    internal static void Check(JsonElement element, int levels = MaxDepth, string path = "")
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object or JsonValueKind.Array when levels == 0:
                throw new FieldException(string.Create(CultureInfo.InvariantCulture, $"must not be nested deeper than {MaxDepth} levels of the body."));
            case JsonValueKind.Object:
                foreach (var member in element.EnumerateObject())
                {
                    if (!IsPlain(JsonMarshal.GetRawUtf8PropertyName(member)))
                    {
                        Check(Text(() => member.Name, path), path, "has a member whose name contains");
                    }

                    Check(member.Value, levels - 1, path.Length == 0 ? member.Name : $"{path}.{member.Name}");
                }

                break;
            case JsonValueKind.Array:
                foreach (var (i, item) in element.EnumerateArray().Index())
                {
                    Check(item, levels - 1, string.Create(CultureInfo.InvariantCulture, $"{path}[{i}]"));
                }

                break;
            case JsonValueKind.String when !IsPlain(JsonMarshal.GetRawUtf8Value(element)):
                Check(Text(() => element.GetString()!, path), path, "contains");
                break;
        }
    }

    /// <summary>Whether a string needs no decoding to be known as right: it is ASCII without escapes.</summary>
    private static bool IsPlain(ReadOnlySpan<byte> raw) => Ascii.IsValid(raw) && !raw.Contains((byte)'\\');

    private static string Text(Func<string> read, string path)
    {
        try
        {
            return read();
        }
        catch (InvalidOperationException)
        {
            throw new FieldException("is not valid Unicode.", path);
        }
    }

    private static void Check(string text, string path, string problem)
    {
        if (text.Contains('\0', StringComparison.Ordinal))
        {
            throw new FieldException($"{problem} the character U+0000, which cannot be stored.", path);
        }
    }
}
