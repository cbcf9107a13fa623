namespace Messaging.Outbox.Schedules;

/// <summary>The new version of a schedule after a change.</summary>
internal static class ScheduleVersion
{
    // The realistic amount by which a clock is put back: a summer time that is set by hand.
    private static readonly TimeSpan PutBack = TimeSpan.FromHours(1);

    public static ScheduleRecord After(ScheduleRecord? old, ScheduleDefinition definition, bool paused, DateTimeOffset now) => new()
    {
        Name = definition.Name,
        Cron = definition.Cron,
        TimeZone = definition.TimeZone,
        Misfire = definition.Misfire,
        Type = definition.Type,
        Message = definition.Message,
        Kind = definition.Kind,
        Paused = paused,
        NextDueAt = paused ? null : NextDueAt(old, definition, now),
        LastDueAt = old?.LastDueAt,
        LastTaskId = old?.LastTaskId,
        RecentRuns = old?.RecentRuns,
        CreatedAt = old?.CreatedAt ?? now,
        UpdatedAt = now,
    };

    /// <summary>
    /// The first due time in the future. If the clock was put back a little, it is also after the last run, so that no due time
    /// runs twice. A last run further in the future comes from a wrong clock and is ignored.
    /// </summary>
    public static DateTimeOffset? FirstDue(CronTimes times, DateTimeOffset? last, DateTimeOffset now) =>
        times.After(last > now && last - now <= PutBack ? last.Value : now);

    private static DateTimeOffset? NextDueAt(ScheduleRecord? old, ScheduleDefinition definition, DateTimeOffset now)
    {
        var times = CronTimes.Of(definition.Cron, definition.TimeZone)
            ?? throw new ScheduleNotRunnableException($"The time zone of the schedule, {definition.TimeZone}, is not known on this system.");
        var first = FirstDue(times, old?.LastDueAt, now);
        return old?.NextDueAt is { } due && due < first && old.Cron == definition.Cron && old.TimeZone == definition.TimeZone
            ? due // it is due already and still has to run
            : first;
    }
}
