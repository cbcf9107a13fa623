using System.Security;
using Cronos;

namespace Messaging.Outbox.Schedules;

/// <summary>The due times of a cron expression in a time zone. All of them are whole seconds, so they survive any store as they are.</summary>
internal sealed class CronTimes(CronExpression expression, TimeZoneInfo zone)
{
    /// <returns>Null when one of the two is not what it should be.</returns>
    public static CronTimes? Of(string cron, string timeZone) =>
        Parse(cron, out _) is { } expression && FindZone(timeZone) is { } zone ? new CronTimes(expression, zone) : null;

    public static CronExpression? Parse(string cron, out string? error)
    {
        var fields = cron.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length;
        try
        {
            error = null;
            return CronExpression.Parse(cron, fields == 6 ? CronFormat.IncludeSeconds : CronFormat.Standard);
        }
        catch (Exception exception) when (exception is CronFormatException or MissingSeedException)
        {
            error = exception.Message;
            return null;
        }
    }

    public static TimeZoneInfo? FindZone(string id)
    {
        // The system makes a file's name of it.
        if (id.Length is 0 or > 64 || id.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('/' or '_' or '-' or '+')))
        {
            return null;
        }

        try
        {
            return TimeZoneInfo.FindSystemTimeZoneById(id);
        }
        catch (Exception exception) when (exception is TimeZoneNotFoundException or InvalidTimeZoneException or SecurityException
            or UnauthorizedAccessException or IOException)
        {
            return null;
        }
    }

    /// <summary>The first due time after that moment, or null when there is none.</summary>
    public DateTimeOffset? After(DateTimeOffset moment) =>
        expression.GetNextOccurrence(moment.UtcDateTime, zone) is { } next ? new DateTimeOffset(next, TimeSpan.Zero) : null;

    /// <summary>That due time, and those that follow.</summary>
    public IEnumerable<DateTimeOffset> From(DateTimeOffset? due)
    {
        for (; due is { } time; due = After(time))
        {
            yield return time;
        }
    }
}
