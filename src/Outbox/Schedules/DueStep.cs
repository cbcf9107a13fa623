namespace Messaging.Outbox.Schedules;

/// <summary>What happens at a due time.</summary>
/// <param name="Runs">Whether the task is enqueued.</param>
/// <param name="Missed">Whether the due time was missed.</param>
/// <param name="Next">The next due time. It is always later than this one, whatever the wall clock does, so that no due time occurs twice.</param>
internal readonly record struct DueStep(bool Runs, bool Missed, DateTimeOffset? Next)
{
    public static DueStep At(DateTimeOffset due, CronTimes times, MisfirePolicy misfire, DateTimeOffset now, bool missed) =>
        missed && misfire != MisfirePolicy.FireAll
            ? new DueStep(misfire == MisfirePolicy.FireOnce, missed, times.After(now))
            : new DueStep(Runs: true, missed, times.After(due));
}
