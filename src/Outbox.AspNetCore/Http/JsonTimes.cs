using System.Globalization;
using System.Text.Json;

namespace Messaging.Outbox.AspNetCore.Http;

/// <summary>Durations and moments: in a JSON body, and in a query string as there.</summary>
internal static class JsonTimes
{
    /// <summary>What a moment has to be, for whoever gets it wrong.</summary>
    public const string MomentExpected = "must be a moment with its offset, such as 2026-05-04T12:00:00Z or 2026-05-04T14:00:00+02:00.";

    /// <summary>A duration: <c>"00:05:00"</c>, <c>"1.00:00:00"</c> for a day, or a number of seconds.</summary>
    public static TimeSpan? Duration(this JsonFields fields, string name, TimeSpan min, TimeSpan max)
    {
        if (fields.Any(name) is not { } value)
        {
            return null;
        }

        if (Parse(value) is { } duration && duration >= min && duration <= max)
        {
            return duration;
        }

        fields.Error(name, string.Create(
            CultureInfo.InvariantCulture,
            $"must be a duration such as \"00:05:00\" or a number of seconds, from {min.TotalSeconds} s to {max.TotalDays} days."));
        return null;
    }

    /// <summary>A moment as in ISO 8601 with its offset: <c>2026-05-04T12:00:00Z</c>.</summary>
    public static DateTimeOffset? Moment(this JsonFields fields, string name)
    {
        if (fields.Any(name) is not { } value)
        {
            return null;
        }

        if (Moment(value) is { } moment)
        {
            return moment;
        }

        fields.Error(name, MomentExpected);
        return null;
    }

    /// <summary>The moment that a text is; null without its offset, with which this machine's time zone would come into it.</summary>
    public static DateTimeOffset? Moment(JsonElement value) =>
        value.ValueKind == JsonValueKind.String && value.TryGetDateTimeOffset(out var moment)
        && value.GetString() is { } text && text.Contains('T', StringComparison.Ordinal) && (text[^1] == 'Z' || text[^6] is '+' or '-')
            ? moment
            : null;

    private static TimeSpan? Parse(JsonElement value)
    {
        const double MaxSeconds = 1e10;
        if (value.ValueKind == JsonValueKind.Number)
        {
            return value.TryGetDouble(out var seconds) && Math.Abs(seconds) < MaxSeconds ? TimeSpan.FromSeconds(seconds) : null;
        }

        // A bare "5" would be five days.
        return value.ValueKind == JsonValueKind.String && value.GetString() is { } text && text.Contains(':', StringComparison.Ordinal)
            && TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out var duration)
                ? duration
                : null;
    }
}
