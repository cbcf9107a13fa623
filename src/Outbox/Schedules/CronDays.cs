using System.Globalization;

namespace Messaging.Outbox.Schedules;

/// <summary>Says in words on which days a cron expression is due.</summary>
internal static class CronDays
{
    private static readonly string[] WeekdayNames = CultureInfo.InvariantCulture.DateTimeFormat.DayNames;
    private static readonly string[] MonthNames = CultureInfo.InvariantCulture.DateTimeFormat.MonthNames[..12];
    private static readonly string[] Which = ["first", "second", "third", "fourth", "fifth"];

    /// <returns>The days, and whether it is every day, whatever the month.</returns>
    public static (string Text, bool IsEvery) Of(CronField day, CronField month, CronField weekday)
    {
        var months = month.IsAny ? "the month" : Months(month);
        var isEvery = day.IsAny && weekday.IsAny;
        var text = (day.IsAny, weekday.IsAny) switch
        {
            (true, true) => month.IsAny ? "every day" : $"every day of {months}",
            (false, true) => $"on {Day(day)} of {months}",
            (true, false) => $"on {Weekday(weekday, months)}{(month.IsAny || IsOfMonth(weekday) ? "" : $" of {months}")}",
            _ => $"on {Day(day)} of {months} if it is {Weekday(weekday, months)}",
        };
        return (text, isEvery);
    }

    /// <summary>The months: <c>January and March</c>, <c>June to August</c>, <c>every 3rd month</c>.</summary>
    public static string Months(CronField month) =>
        month.Text.StartsWith("*/", StringComparison.Ordinal) ? $"every {Ordinal(month.Text[2..])} month" : Named(month.Text, MonthNames, first: 1);

    private static string Day(CronField day) => day.Text.ToUpperInvariant() switch
    {
        "L" => "the last day",
        "LW" => "the last weekday",
        ['L', '-', .. var before, 'W'] => $"the weekday nearest to the day {before} days before the last",
        ['L', '-', .. var before] => $"the day {before} days before the last",
        [.. var near, 'W'] => $"the weekday nearest to day {near}",
        ['*', '/', .. var step] => $"every {Ordinal(step)} day",
        _ => day.Say("day", "days"),
    };

    private static string Weekday(CronField weekday, string months) => weekday.Text.ToUpperInvariant() switch
    {
        [.. var day, 'L'] => $"the last {Named(day, WeekdayNames, first: 0)} of {months}",
        var text when text.Split('#') is [var day, var number] => $"the {Which[int.Parse(number, CultureInfo.InvariantCulture) - 1]} {Named(day, WeekdayNames, first: 0)} of {months}",
        ['*', '/', .. var step] => $"every {Ordinal(step)} day of the week",
        var text => Named(text, WeekdayNames, first: 0),
    };

    private static bool IsOfMonth(CronField weekday) => weekday.Text.EndsWith('L') || weekday.Text.EndsWith('l') || weekday.Text.Contains('#', StringComparison.Ordinal);

    private static string Named(string text, string[] names, int first) => CronField.List(text.Split(',').Select(part => part.Split('/') is [var values, var step]
        ? $"every {Ordinal(step)} from {Ends(values, names, first)}"
        : Ends(part, names, first)));

    // Sunday is 0 and 7.
    private static string Ends(string part, string[] names, int first)
    {
        var field = new CronField(part, names, first);
        return string.Join(" to ", part.Split('-').Select(end => field.Number(end) is { } number ? names[(number - first) % names.Length] : end));
    }

    private static string Ordinal(string number) => number switch
    {
        "1" or "21" or "31" => $"{number}st",
        "2" or "22" => $"{number}nd",
        "3" or "23" => $"{number}rd",
        _ => $"{number}th",
    };
}
