using Cronos;

namespace Messaging.Outbox.Schedules;

/// <summary>Describes what is wrong with a cron expression, and what to write instead.</summary>
internal static class CronProblem
{
    private const string Macros = "@every_minute, @hourly, @daily, @weekly, @monthly or @yearly";

    private static readonly (string Name, string Values)[] Parts =
    [
        ("a second", "0 to 59"),
        ("a minute", "0 to 59"),
        ("an hour", "0 to 23"),
        ("a day of the month", "1 to 31, L or 15W"),
        ("a month", "1 to 12 or JAN to DEC"),
        ("a day of the week", "0 to 7 or SUN to SAT, 5L or 5#2"),
    ];

    /// <param name="fields">The fields of an expression that Cronos rejects.</param>
    public static string Of(string[] fields)
    {
        if (fields is [['@', ..], ..])
        {
            return $"must be one of {Macros}.";
        }

        if (fields.Length is not (5 or 6))
        {
            return $"has {fields.Length} field{(fields.Length == 1 ? "" : "s")}: it must have five (minute, hour, day of the month, month, day of the week), "
                + "or six with the second first.";
        }

        var parts = Parts[^fields.Length..];
        for (var i = 0; i < fields.Length; i++)
        {
            if (!IsAccepted(fields[i], i, fields.Length))
            {
                return $"has {parts[i].Name} that is invalid{Quoted(fields[i])}: use {parts[i].Values}, *, ranges (1-5), lists (1,5) and steps (*/5).";
            }
        }

        return "is not a cron expression.";
    }

    private static bool IsAccepted(string field, int index, int count)
    {
        var probe = Enumerable.Repeat("*", count).ToArray();
        probe[index] = field;
        return CronExpression.TryParse(string.Join(' ', probe), count == 6 ? CronFormat.IncludeSeconds : CronFormat.Standard, out _);
    }

    private static string Quoted(string field) =>
        field.Length <= 30 && field.All(c => c is > ' ' and <= '~') ? $" ('{field}')" : "";
}
