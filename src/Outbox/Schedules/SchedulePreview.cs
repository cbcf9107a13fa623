using System.Globalization;

namespace Messaging.Outbox.Schedules;

/// <summary>What a schedule's times mean: in words, and when it is due next.</summary>
/// <param name="CronText">The expression in words.</param>
/// <param name="NextDueTimes">The next due times.</param>
/// <param name="NextDueLocal">The same in the schedule's time zone, such as <c>2026-11-30 02:30 +01:00</c>.</param>
internal sealed record SchedulePreview(string CronText, IReadOnlyList<DateTimeOffset> NextDueTimes, IReadOnlyList<string> NextDueLocal)
{
    /// <summary>The number of due times that are shown.</summary>
    public const int Shown = 5;

    /// <summary>Describes an expression.</summary>
    /// <param name="cron">The expression.</param>
    /// <param name="timeZone">The IANA id of its time zone.</param>
    /// <param name="now">Only due times after this moment.</param>
    /// <param name="errors">What is wrong, by the name of the field.</param>
    /// <returns>Null if something is wrong.</returns>
    public static SchedulePreview? Of(string cron, string timeZone, DateTimeOffset now, out IReadOnlyDictionary<string, string> errors)
    {
        errors = ScheduleCheck.Times(cron, timeZone, now);
        if (errors.Count > 0)
        {
            return null;
        }

        var zone = CronTimes.FindZone(timeZone)!;
        var times = CronTimes.Of(cron, zone);
        IReadOnlyList<DateTimeOffset> next = [.. times.From(times.After(now)).Take(Shown)];
        return new SchedulePreview(Schedules.CronText.Of(cron)!, next, Local(next, timeZone));
    }

    /// <summary>The times on the clocks of a time zone; empty if it is not known here.</summary>
    public static IReadOnlyList<string> Local(IReadOnlyList<DateTimeOffset> times, string timeZone)
    {
        if (CronTimes.FindZone(timeZone) is not { } zone)
        {
            return [];
        }

        var (offsets, format) = (new ZoneOffsets(zone), times.Any(t => t.Second != 0) ? "yyyy-MM-dd HH:mm:ss zzz" : "yyyy-MM-dd HH:mm zzz");
        return [.. times.Select(time => time.ToOffset(offsets.At(time.UtcDateTime)).ToString(format, CultureInfo.InvariantCulture))];
    }
}
