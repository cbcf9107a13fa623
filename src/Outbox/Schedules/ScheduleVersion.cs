namespace Messaging.Outbox.Schedules;

/// <summary>What a schedule becomes when somebody changes it.</summary>
internal static class ScheduleVersion
{
    // What a clock is put back by in practice: a summer time that was set by hand.
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
        CreatedAt = old?.CreatedAt ?? now,
        UpdatedAt = now,
    };

    /// <summary>
    /// The first due time that is still to come: after the latest run as well, when the clock has been put back a little, so that none
    /// comes twice. A run that is further ahead than that is of a clock that was wrong, and nobody waits for its year to come.
    /// </summary>
    public static DateTimeOffset? FirstDue(CronTimes times, DateTimeOffset? last, DateTimeOffset now) =>
        times.After(last > now && last - now <= PutBack ? last.Value : now);

    private static DateTimeOffset? NextDueAt(ScheduleRecord? old, ScheduleDefinition definition, DateTimeOffset now)
    {
        var times = CronTimes.Of(definition.Cron, definition.TimeZone)
            ?? throw new ScheduleNotRunnableException($"The time zone of the schedule, {definition.TimeZone}, is not known here.");
        var first = FirstDue(times, old?.LastDueAt, now);
        return old?.NextDueAt is { } due && due < first && old.Cron == definition.Cron && old.TimeZone == definition.TimeZone
            ? due // it has come already, and is to be run
            : first;
    }
}
