namespace Messaging.Outbox.Schedules;

/// <summary>What a schedule becomes when somebody changes it.</summary>
internal static class ScheduleVersion
{
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

    private static DateTimeOffset? NextDueAt(ScheduleRecord? old, ScheduleDefinition definition, DateTimeOffset now)
    {
        if (old?.NextDueAt is { } due && old.Cron == definition.Cron && old.TimeZone == definition.TimeZone)
        {
            return due; // it may have come already, and is to be run
        }

        var times = CronTimes.Of(definition.Cron, definition.TimeZone)
            ?? throw new ScheduleNotRunnableException($"The time zone of the schedule, {definition.TimeZone}, is not known here.");

        // A clock that was put back must not bring a due time again that was run already.
        return times.After(old?.LastDueAt > now ? old.LastDueAt.Value : now);
    }
}
