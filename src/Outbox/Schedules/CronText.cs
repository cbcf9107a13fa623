using System.Globalization;

namespace Messaging.Outbox.Schedules;

/// <summary>
/// Says a cron expression in words. No package of a registry that this project uses does (docs/decisions/0052).
/// </summary>
internal static class CronText
{
    /// <summary>More times of the day than this are said as a rule, and not one by one.</summary>
    private const int MaxTimes = 6;

    private static readonly Dictionary<string, string> Macros = new(StringComparer.OrdinalIgnoreCase)
    {
        ["@every_second"] = "* * * * * *", ["@every_minute"] = "* * * * *", ["@hourly"] = "0 * * * *", ["@daily"] = "0 0 * * *", ["@midnight"] = "0 0 * * *",
        ["@weekly"] = "0 0 * * 0", ["@monthly"] = "0 0 1 * *", ["@yearly"] = "0 0 1 1 *", ["@annually"] = "0 0 1 1 *",
    };

    /// <returns>Null if it is not a cron expression.</returns>
    public static string? Of(string cron)
    {
        if (CronTimes.Parse(cron, out _) is null)
        {
            return null;
        }

        var written = Macros.GetValueOrDefault(cron.Trim(), cron).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        var fields = (written.Length == 6 ? written : ["0", .. written]).Select(field => new CronField(field)).ToArray();
        var (days, isEvery) = CronDays.Of(fields[3], fields[4], fields[5]);
        var text = Times(fields[0], fields[1], fields[2]) is { } times ? $"{days} at {times}"
            : $"{Rule(fields[0], fields[1], fields[2])}{(isEvery ? InMonths(fields[4]) : $", {Lower(days)}")}";
        return Upper(text);
    }

    /// <summary>The times of the day, if there are few: 08:00, 12:00 and 18:00.</summary>
    private static string? Times(CronField second, CronField minute, CronField hour)
    {
        if (second.Numbers is not { } seconds || minute.Numbers is not { } minutes || hour.Numbers is not { } hours || seconds.Count * minutes.Count * hours.Count > MaxTimes)
        {
            return null;
        }

        var times = from h in hours from m in minutes from s in seconds select seconds is [0] ? $"{Two(h)}:{Two(m)}" : $"{Two(h)}:{Two(m)}:{Two(s)}";
        return CronField.List(times);
    }

    private static string Rule(CronField second, CronField minute, CronField hour)
    {
        if (second.Numbers is [0])
        {
            return OfMinutes(minute, hour);
        }

        if (!second.IsRepeated)
        {
            return $"{OfMinutes(minute, hour)}{(minute.IsRepeated ? "," : " and")} at {second.Say("second", "seconds")}";
        }

        var every = second.Every("second", "minute", 60);
        return (minute, hour) switch
        {
            ({ IsAny: true }, { IsAny: true }) => every,
            ({ Numbers: [var m] }, { Numbers: [var h] }) => $"{every} of the minute {Two(h)}:{Two(m)}",
            ({ IsRepeated: true }, _) => $"{every}, {Lower(OfMinutes(minute, hour))}",
            _ => $"{every} of {minute.Say("minute", "minutes")}{OfHours(hour) ?? " of every hour"}",
        };
    }

    private static string OfMinutes(CronField minute, CronField hour) =>
        minute.IsRepeated ? $"{minute.Every("minute", "hour", 60)}{OfHours(hour)}"
        : $"{(hour.IsAny || hour.IsStep ? hour.Every("hour", "day", 24) : $"every hour{OfHours(hour)}")}, at {minute.Say("minute", "minutes")}";

    /// <summary>Null for every hour.</summary>
    private static string? OfHours(CronField hour) => hour switch
    {
        { IsAny: true } => null,
        { Numbers: [var only] } => $" from {Two(only)}:00 to {Two(only)}:59",
        { Range: var (first, last) } => $" from {Two(first)}:00 to {Two(last)}:59",
        { Numbers: { } several } => $" of the hours {CronField.List(several.Select(Two))}",
        _ => $" of {Lower(hour.Every("hour", "day", 24))}",
    };

    private static string InMonths(CronField month) => month.IsAny ? "" : $", in {CronDays.Months(month)}";

    private static string Two(int number) => number.ToString("00", CultureInfo.InvariantCulture);

    private static string Upper(string text) => $"{char.ToUpperInvariant(text[0])}{text[1..]}";

    private static string Lower(string text) => $"{char.ToLowerInvariant(text[0])}{text[1..]}";
}
