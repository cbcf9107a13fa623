namespace Messaging.Outbox.Overview;

/// <summary>Tasks per second in the last full minute.</summary>
/// <param name="AcceptedPerSecond">Tasks that were accepted.</param>
/// <param name="SucceededPerSecond">Tasks that succeeded.</param>
/// <param name="FailedPerSecond">Tasks that failed.</param>
/// <param name="AttemptsPerSecond">Attempts that ended.</param>
internal sealed record TaskRates(double AcceptedPerSecond, double SucceededPerSecond, double FailedPerSecond, double AttemptsPerSecond)
{
    /// <param name="minutes">The counts of one minute.</param>
    public static TaskRates Of(IEnumerable<MinuteCounts> minutes)
    {
        var all = minutes.ToList();
        return new TaskRates(PerSecond(all.Sum(m => m.Accepted)), PerSecond(all.Sum(m => m.Succeeded)), PerSecond(all.Sum(m => m.Failed)), PerSecond(all.Sum(m => m.Attempts)));
    }

    // A task that is redriven is no longer failed, so a sum may be below zero.
    private static double PerSecond(long inAMinute) => Math.Round(Math.Max(0, inAMinute) / 60.0, 3);
}

/// <summary>The time from a task's acceptance to the commit of its effect, of a sample.</summary>
/// <param name="P50Seconds">The median; null without tasks.</param>
/// <param name="P99Seconds">The 99th percentile; null without tasks.</param>
/// <param name="Count">The tasks of the sample.</param>
internal sealed record EffectPercentiles(double? P50Seconds, double? P99Seconds, long Count)
{
    /// <param name="tasks">The number of tasks by bucket.</param>
    public static EffectPercentiles Of(IReadOnlyDictionary<int, long> tasks) =>
        new(Effects.EffectBuckets.Percentile(tasks, 0.5), Effects.EffectBuckets.Percentile(tasks, 0.99), tasks.Values.Sum());
}
