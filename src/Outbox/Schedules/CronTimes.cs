using System.Security;
using Cronos;

namespace Messaging.Outbox.Schedules;

/// <summary>
/// The due times of a cron expression in a time zone. All of them are whole seconds, so that every store keeps them exactly.
/// </summary>
/// <remarks>
/// Cronos computes local times as if the zone had no offset changes; this class maps them to UTC by the zone's offsets. Cronos
/// itself asks .NET which local times are invalid or ambiguous, and .NET on Linux knows none of them where summer time is the
/// standard time, as in Europe/Dublin (dotnet/runtime#120915).
/// </remarks>
internal sealed class CronTimes(CronExpression expression, bool isInterval, TimeZoneInfo zone)
{
    private readonly ZoneOffsets _offsets = new(zone);

    /// <returns>Null if the expression or the time zone is invalid.</returns>
    public static CronTimes? Of(string cron, string timeZone) =>
        Parse(cron, out _) is not null && FindZone(timeZone) is { } zone ? Of(cron, zone) : null;

    /// <param name="cron">One that <see cref="Parse"/> accepts.</param>
    /// <param name="zone">The time zone of the expression.</param>
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
            error = CronProblem.Of(Fields(cron)); // Cronos' own message describes its parser's position
            return null;
        }
    }

    public static TimeZoneInfo? FindZone(string id)
    {
        // .NET uses the id as a file name.
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
    /// The first due time after that moment; null if there is none. A local time that a gap skips is due at the end of the gap.
    /// One that occurs twice is due the first time, and for an interval both times.
    /// </summary>
    /// <exception cref="ScheduleNotRunnableException">The computed time is not later, and would be due repeatedly.</exception>
    public DateTimeOffset? After(DateTimeOffset moment) => Later(Find(moment.UtcDateTime), moment);

    /// <summary>Whether the moment is a due time.</summary>
    /// <exception cref="ScheduleNotRunnableException">The computed time is not later.</exception>
    public bool Contains(DateTimeOffset moment) => After(moment.AddTicks(-1)) == moment;

    /// <summary>The given due time and the following ones.</summary>
    public IEnumerable<DateTimeOffset> From(DateTimeOffset? due)
    {
        for (; due is { } time; due = After(time))
        {
            yield return time;
        }
    }

    /// <summary>Every due time passes through here, which guarantees that it is later.</summary>
    internal static DateTimeOffset? Later(DateTime? next, DateTimeOffset moment) => next switch
    {
        null => null,
        { } time when time > moment.UtcDateTime => new DateTimeOffset(time, TimeSpan.Zero),
        { } time => throw new ScheduleNotRunnableException(
            $"The due time after {moment.UtcDateTime:O} is {time:O}, which is not later: use another expression or time zone."),
    };

    // Examines one period between two offset changes at a time: within it local time and UTC advance alike.
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
                return change; // in the gap, or exactly at its end
            }

            face = next > offset || isInterval ? change + next : change + offset;
            (start, offset, inclusive) = (change, next, true);
        }

        return null;
    }

    /// <summary>Where to start: a local time that occurs twice is skipped the second time.</summary>
    private (DateTime Face, bool Inclusive) FirstTimeOf(DateTime start, TimeSpan offset)
    {
        var before = start > DateTime.MinValue.AddDays(2) ? _offsets.LastChange(start) : null;
        return before is { } change && change.At + change.OffsetBefore > start + offset
            ? (change.At + change.OffsetBefore, true)
            : (start + offset, false);
    }

    private DateTime? OnClockFace(DateTime face, bool inclusive) =>
        expression.GetNextOccurrence(DateTime.SpecifyKind(face, DateTimeKind.Utc), inclusive);

    // As in Cronos and cron: whether the second, minute or hour is a star, range or step.
    private static bool IsInterval(string cron)
    {
        var fields = Fields(cron);
        return fields[0].StartsWith('@')
            ? fields[0].StartsWith("@every", StringComparison.OrdinalIgnoreCase) || fields[0].Equals("@hourly", StringComparison.OrdinalIgnoreCase)
            : fields[..^3].Any(field => field.AsSpan().IndexOfAny("*?-/") >= 0);
    }

    private static string[] Fields(string cron) => cron.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
}
