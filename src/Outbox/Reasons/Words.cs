using System.Globalization;

namespace Messaging.Outbox.Reasons;

/// <summary>Times and figures in a sentence.</summary>
internal static class Words
{
    /// <summary>The time of day; with the date on another day than <paramref name="now"/>.</summary>
    public static string At(DateTimeOffset time, DateTimeOffset now) => time.UtcDateTime.Date == now.UtcDateTime.Date
        ? string.Create(CultureInfo.InvariantCulture, $"{time.UtcDateTime:HH:mm:ss} UTC")
        : string.Create(CultureInfo.InvariantCulture, $"{time.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC");

    /// <summary>
    /// A duration with at most two units, as <c>lib/time.js</c> of the dashboard writes it: "19 ms", "1.2 s", "3 min 20 s", "10 h". What is over sooner
    /// than a millisecond, or by two clocks before it began, is "&lt; 1 ms": something that happened never took 0 s.
    /// </summary>
    public static string For(TimeSpan time)
    {
        var seconds = time.TotalSeconds;
        var milliseconds = Whole(seconds * 1000);
        if (seconds < 0.001)
        {
            return "< 1 ms";
        }

        if (seconds < 10)
        {
            return milliseconds < 1000 ? Text($"{milliseconds} ms") : Text($"{Math.Round(seconds, 1, MidpointRounding.AwayFromZero):0.#} s");
        }

        var (unit, size, smaller, step) = Whole(seconds) switch
        {
            >= 86_400 => ("d", 86_400, "h", 3600),
            >= 3600 => ("h", 3600, "min", 60),
            >= 60 => ("min", 60, "s", 1),
            _ => ("s", 1, "", int.MaxValue),
        };
        var (first, rest) = Math.DivRem(Whole(seconds), size);
        return rest / step > 0 && first < 10 ? Text($"{first} {unit} {rest / step} {smaller}") : Text($"{first} {unit}");
    }

    /// <summary><c>1 message</c>, <c>2 messages</c>.</summary>
    public static string Count(long count, string noun) => string.Create(CultureInfo.InvariantCulture, $"{count:#,0} {noun}{(count == 1 ? "" : noun.EndsWith("ss", StringComparison.Ordinal) ? "es" : "s")}");

    public static string Number(double number) => number.ToString("0.###", CultureInfo.InvariantCulture);

    /// <summary><c> at 12:03:04 UTC</c>; nothing if the time is not known.</summary>
    public static string AtIfKnown(DateTimeOffset? time, DateTimeOffset now) => time is { } known ? $" at {At(known, now)}" : "";

    /// <summary>Ends a text that is shown in a sentence, such as an error, without a full stop.</summary>
    public static string Quoted(string? text) => text is null ? "" : $": {text.TrimEnd('.', ' ')}";

    public static string By(string? who) => who is null ? "" : $" by {who}";

    private static long Whole(double number) => (long)Math.Round(number, MidpointRounding.AwayFromZero);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
