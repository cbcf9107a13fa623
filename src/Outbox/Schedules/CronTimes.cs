using System.Security;
using Cronos;

namespace Messaging.Outbox.Schedules;

/// <summary>The due times of a cron expression in a time zone. All of them are whole seconds, so they survive any store as they are.</summary>
/// <remarks>
/// Cronos finds the times on the clock face, as if the zone had no changes; which moments they are is found here, from the zone's
/// offsets at moments of UTC. Cronos itself asks .NET which times are left out or come twice, and .NET on Linux knows of none where
/// summer time is the standard time, as in Europe/Dublin (dotnet/runtime#120915).
/// </remarks>
internal sealed class CronTimes(CronExpression expression, bool isInterval, TimeZoneInfo zone)
{
    private readonly ZoneOffsets _offsets = new(zone);

    /// <returns>Null when one of the two is not what it should be.</returns>
    public static CronTimes? Of(string cron, string timeZone) =>
        Parse(cron, out _) is not null && FindZone(timeZone) is { } zone ? Of(cron, zone) : null;

    /// <param name="cron">One that <see cref="Parse"/> accepts.</param>
    /// <param name="zone">The zone it is meant in.</param>
    public static CronTimes Of(string cron, TimeZoneInfo zone) => new(Parse(cron, out _)!, IsInterval(cron), zone);

    public static CronExpression? Parse(string cron, out string? error)
    {
        try
        {
            error = null;
            return CronExpression.Parse(cron, Fields(cron).Length == 6 ? CronFormat.IncludeSeconds : CronFormat.Standard);
        }
        catch (Exception exception) when (exception is CronFormatException or MissingSeedException)
        {
            error = CronProblem.Of(Fields(cron)); // Cronos' own text is written for its parser's position
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

    /// <summary>
    /// The first due time after that moment, or null when there is none. A time that the zone leaves out is due where the gap ends; one
    /// that comes twice is due the first time, and of an interval both times.
    /// </summary>
    /// <exception cref="ScheduleNotRunnableException">What was found is not later, and would be due again and again.</exception>
    public DateTimeOffset? After(DateTimeOffset moment) => Later(Find(moment.UtcDateTime), moment);

    /// <summary>That due time, and those that follow.</summary>
    public IEnumerable<DateTimeOffset> From(DateTimeOffset? due)
    {
        for (; due is { } time; due = After(time))
        {
            yield return time;
        }
    }

    /// <summary>The one place that every due time passes: whatever computed it, it is later.</summary>
    internal static DateTimeOffset? Later(DateTime? next, DateTimeOffset moment) => next switch
    {
        null => null,
        { } time when time > moment.UtcDateTime => new DateTimeOffset(time, TimeSpan.Zero),
        { } time => throw new ScheduleNotRunnableException(
            $"The due time after {moment.UtcDateTime:O} came out as {time:O}, which is not later: use another expression or time zone."),
    };

    // A stretch between two changes of the zone at a time: within one the clock face and UTC go alike.
    private DateTime? Find(DateTime from)
    {
        var (start, offset) = (from, _offsets.At(from));
        var (face, inclusive) = isInterval ? (start + offset, false) : FirstTimeOf(start, offset);
        while (OnClockFace(face, inclusive) is { } found)
        {
            if (_offsets.NextChange(start, found - offset) is not { } change)
            {
                return found - offset;
            }

            var next = _offsets.At(change);
            if (next > offset && found <= change + next)
            {
                return change; // left out, or just then
            }

            face = next > offset || isInterval ? change + next : change + offset;
            (start, offset, inclusive) = (change, next, true);
        }

        return null;
    }

    /// <summary>Where to look from: what comes twice is passed over when it comes the second time.</summary>
    private (DateTime Face, bool Inclusive) FirstTimeOf(DateTime start, TimeSpan offset)
    {
        var before = start > DateTime.MinValue.AddDays(2) ? _offsets.LastChange(start) : null;
        return before is { } change && change.At + change.OffsetBefore > start + offset
            ? (change.At + change.OffsetBefore, true)
            : (start + offset, false);
    }

    private DateTime? OnClockFace(DateTime face, bool inclusive) =>
        expression.GetNextOccurrence(DateTime.SpecifyKind(face, DateTimeKind.Utc), inclusive);

    // As Cronos and cron have it: whether the second, the minute or the hour is a star, a range or a step.
    private static bool IsInterval(string cron)
    {
        var fields = Fields(cron);
        return fields[0].StartsWith('@')
            ? fields[0].StartsWith("@every", StringComparison.OrdinalIgnoreCase) || fields[0].Equals("@hourly", StringComparison.OrdinalIgnoreCase)
            : fields[..^3].Any(field => field.AsSpan().IndexOfAny("*?-/") >= 0);
    }

    private static string[] Fields(string cron) => cron.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
}
