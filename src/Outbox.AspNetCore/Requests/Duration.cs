using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Messaging.Outbox.AspNetCore;

/// <summary>A duration in a JSON body: <c>"00:05:00"</c>, <c>"1.00:00:00"</c> for a day, or a number of seconds; at most 365 days.</summary>
[JsonConverter(typeof(Converter))]
public readonly record struct Duration(TimeSpan Value) : IExpected
{
    /// <summary>The maximum.</summary>
    public static readonly TimeSpan Max = TimeSpan.FromDays(365);

    /// <inheritdoc />
    public static string Expected => "must be a duration such as \"00:05:00\" or a number of seconds, from 0 s to 365 days.";

    private static TimeSpan? Read(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.Number when reader.TryGetDouble(out var seconds) && Math.Abs(seconds) < 1e10 => TimeSpan.FromSeconds(seconds),
        JsonTokenType.String when reader.GetString() is { } text && text.Contains(':', StringComparison.Ordinal) // "5" alone would parse as five days
            && TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out var duration) => duration,
        _ => null,
    };

    private sealed class Converter : JsonConverter<Duration>
    {
        public override Duration Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            Duration.Read(ref reader) is { } value && value >= TimeSpan.Zero && value <= Max ? new Duration(value) : throw new FieldException(Expected);

        public override void Write(Utf8JsonWriter writer, Duration value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value.ToString());
    }
}
