using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Messaging.Outbox.AspNetCore;

/// <summary>
/// A time in a request, in ISO 8601. The offset is required, because a time without one would depend on the server's time zone.
/// The value is in UTC.
/// </summary>
[JsonConverter(typeof(Converter))]
public readonly record struct Moment(DateTimeOffset Value) : IParsable<Moment>, IExpected
{
    /// <inheritdoc />
    public static string Expected => "must be a time with its offset, such as 2026-05-04T12:00:00Z or 2026-05-04T14:00:00+02:00.";

    /// <inheritdoc />
    public static Moment Parse(string s, IFormatProvider? provider) => TryParse(s, provider, out var moment) ? moment : throw new FormatException(Expected);

    /// <inheritdoc />
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out Moment result)
    {
        // In a query string, the '+' of an offset that was not encoded arrives as a space.
        var text = s is { Length: > 6 } && s[^6] == ' ' ? $"{s[..^6]}+{s[^5..]}" : s ?? "";
        var isMoment = JsonSerializer.SerializeToElement(text).TryGetDateTimeOffset(out var at)
            && text.Contains('T', StringComparison.Ordinal) && (text[^1] == 'Z' || text[^6] is '+' or '-');
        result = isMoment ? new Moment(at.ToUniversalTime()) : default;
        return isMoment;
    }

    private sealed class Converter : JsonConverter<Moment>
    {
        public override Moment Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.String && TryParse(reader.GetString(), null, out var moment) ? moment : throw new FieldException(Expected);

        public override void Write(Utf8JsonWriter writer, Moment value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value);
    }
}
