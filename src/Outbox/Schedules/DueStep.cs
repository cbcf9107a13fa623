namespace Messaging.Outbox.Schedules;

/// <summary>What is done at a due time.</summary>
/// <param name="Runs">Whether the task is handed on.</param>
/// <param name="Missed">Whether it is later than it should be.</param>
/// <param name="Next">The due time that follows. It is later than this one whatever the wall clock does: no due time comes twice.</param>
internal readonly record struct DueStep(bool Runs, bool Missed, DateTimeOffset? Next)
{
    public static DueStep At(DateTimeOffset due, CronTimes times, MisfirePolicy misfire, DateTimeOffset now, TimeSpan threshold)
    {
        var missed = now - due > threshold;
        return missed && misfire != MisfirePolicy.FireAll
            ? new DueStep(misfire == MisfirePolicy.FireOnce, missed, times.After(now))
            : new DueStep(Runs: true, missed, times.After(due));
    }
}
