using System.Globalization;

namespace Messaging.Outbox.Reasons;

/// <summary>Times and figures in a sentence.</summary>
internal static class Words
{
    /// <summary>The time of day; with the date on another day than <paramref name="now"/>.</summary>
    public static string At(DateTimeOffset time, DateTimeOffset now) => time.UtcDateTime.Date == now.UtcDateTime.Date
        ? string.Create(CultureInfo.InvariantCulture, $"{time.UtcDateTime:HH:mm:ss} UTC")
        : string.Create(CultureInfo.InvariantCulture, $"{time.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC");

    /// <summary>A duration in its two largest units at most.</summary>
    public static string For(TimeSpan time) => time switch
    {
        { TotalSeconds: < 10 } => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, time.TotalSeconds):0.#} s"),
        { TotalMinutes: < 2 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0} s"),
        { TotalHours: < 2 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMinutes:0} min"),
        { TotalDays: < 2 } => string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours} h{(time.Minutes == 0 ? "" : $" {time.Minutes} min")}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{time.TotalDays:0.#} days"),
    };

    /// <summary><c>1 message</c>, <c>2 messages</c>.</summary>
    public static string Count(long count, string noun) => string.Create(CultureInfo.InvariantCulture, $"{count:#,0} {noun}{(count == 1 ? "" : noun.EndsWith("ss", StringComparison.Ordinal) ? "es" : "s")}");

    public static string Number(double number) => number.ToString("0.###", CultureInfo.InvariantCulture);

    /// <summary><c> at 12:03:04 UTC</c>; nothing if the time is not known.</summary>
    public static string AtIfKnown(DateTimeOffset? time, DateTimeOffset now) => time is { } known ? $" at {At(known, now)}" : "";

    /// <summary>Ends a text that is shown in a sentence, such as an error, without a full stop.</summary>
    public static string Quoted(string? text) => text is null ? "" : $": {text.TrimEnd('.', ' ')}";

    public static string By(string? who) => who is null ? "" : $" by {who}";
}
