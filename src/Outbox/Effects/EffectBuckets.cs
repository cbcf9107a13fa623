namespace Messaging.Outbox.Effects;

/// <summary>
/// The buckets in which the times from acceptance to effect are counted. Each ends at 2 ^ (bucket / 4) milliseconds, so a percentile is right to
/// within a fifth, and buckets of several minutes and queues can be added up.
/// </summary>
internal static class EffectBuckets
{
    /// <summary>The last bucket: everything above twelve days.</summary>
    public const int Last = 120;

    /// <summary>The bucket of a time.</summary>
    public static int Of(TimeSpan time) =>
        time.TotalMilliseconds <= 1 ? 0 : Math.Min(Last, (int)Math.Ceiling((4 * Math.Log2(time.TotalMilliseconds)) - 1e-9));

    /// <summary>A percentile in seconds, interpolated inside its bucket; null without tasks.</summary>
    /// <param name="tasks">The number of tasks by bucket.</param>
    /// <param name="share">The share of tasks that were faster, 0 to 1.</param>
    public static double? Percentile(IReadOnlyDictionary<int, long> tasks, double share)
    {
        var (wanted, below) = (tasks.Values.Sum() * share, 0L);
        foreach (var (bucket, count) in tasks.Where(t => t.Value > 0).OrderBy(t => t.Key))
        {
            if (below + count >= wanted)
            {
                var lower = bucket == 0 ? 0 : EndOf(bucket - 1);
                return Math.Round(lower + ((EndOf(bucket) - lower) * (wanted - below) / count), 4);
            }

            below += count;
        }

        return null;
    }

    private static double EndOf(int bucket) => Math.Pow(2, bucket / 4.0) / 1_000;
}
