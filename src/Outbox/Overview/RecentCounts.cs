using Messaging.Outbox.Effects;
using Messaging.Outbox.Store;

namespace Messaging.Outbox.Overview;

/// <summary>What happened to tasks in the last hour, by minute and queue, and how long they took in the last five minutes.</summary>
/// <param name="Minutes">The counts.</param>
/// <param name="Effects">Tasks by queue and bucket of the time from acceptance to effect.</param>
/// <param name="Depths">The depth of queues in the last thirty minutes.</param>
/// <param name="LastMinute">The beginning of the last minute that is full and added up.</param>
internal sealed record RecentCounts(
    IReadOnlyList<MinuteCounts> Minutes, IReadOnlyList<EffectCount> Effects, IReadOnlyList<MinuteDepth> Depths, DateTimeOffset LastMinute)
{
    /// <summary>The number of minutes of <see cref="DepthsOf"/>.</summary>
    public const int DepthMinutes = 30;

    private const int EffectMinutes = 5;

    // The reporter adds up every few seconds.
    private static readonly TimeSpan AddedUpAfter = TimeSpan.FromSeconds(10);

    public static async Task<RecentCounts> ReadAsync(OutboxReader store, string? queue, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var minute = EffectSql.StartOf(now, EffectSql.Minute);
        var where = new SqlFilter().And("minute >=", new StoreTime(minute.AddHours(-1))).And("queue =", queue);
        var minutes = await store.QueryAsync(
            $"SELECT minute, queue, accepted, attempts, succeeded, failed, cancelled FROM messaging.task_counts WHERE {where.Where}",
            where.Parameters,
            r => new MinuteCounts(r.Time(0)!.Value, r.GetString(1), r.GetInt64(2), r.GetInt64(3), r.GetInt64(4), r.GetInt64(5), r.GetInt64(6)),
            cancellationToken);
        where = new SqlFilter().And("seconds =", EffectSql.Minute).And("start_at >=", new StoreTime(minute.AddMinutes(-EffectMinutes))).And("queue =", queue);
        var effects = await store.QueryAsync(
            $"SELECT queue, bucket, CAST(sum(tasks) AS bigint) FROM messaging.task_effects WHERE {where.Where} GROUP BY queue, bucket",
            where.Parameters,
            r => new EffectCount(r.GetString(0), r.GetInt16(1), r.GetInt64(2)),
            cancellationToken);
        where = new SqlFilter().And("minute >", new StoreTime(minute.AddMinutes(-DepthMinutes))).And("queue =", queue);
        var depths = await store.QueryAsync(
            $"SELECT minute, queue, depth FROM messaging.queue_depths WHERE {where.Where}",
            where.Parameters,
            r => new MinuteDepth(r.Time(0)!.Value, r.GetString(1), r.GetInt64(2)),
            cancellationToken);
        return new RecentCounts(minutes, effects, depths, EffectSql.StartOf(now - AddedUpAfter, EffectSql.Minute).AddMinutes(-1));
    }

    /// <summary>The rates of the last full minute.</summary>
    /// <param name="queue">The queue; null for all.</param>
    public TaskRates RatesOf(string? queue) => TaskRates.Of(Of(queue).Where(m => m.Minute == LastMinute));

    /// <summary>The time from acceptance to effect.</summary>
    /// <param name="queue">The queue; null for all.</param>
    public EffectPercentiles EffectsOf(string? queue) =>
        EffectPercentiles.Of(Effects.Where(e => queue is null || e.Queue == queue).GroupBy(e => e.Bucket).ToDictionary(b => b.Key, b => b.Sum(e => e.Tasks)));

    /// <summary>The counts of a queue; of all if it is null.</summary>
    public IEnumerable<MinuteCounts> Of(string? queue) => Minutes.Where(m => queue is null || m.Queue == queue);

    /// <summary>The depth of a queue at each minute, the oldest first. One without a reading has that of the one before, and 0 before the first.</summary>
    public IReadOnlyList<long> DepthsOf(string queue, DateTimeOffset now)
    {
        var known = Depths.Where(d => d.Queue == queue).ToDictionary(d => d.Minute, d => d.Depth);
        var (depths, last) = (new long[DepthMinutes], 0L);
        for (var i = 0; i < DepthMinutes; i++)
        {
            last = depths[i] = known.GetValueOrDefault(EffectSql.StartOf(now, EffectSql.Minute).AddMinutes(i + 1 - DepthMinutes), last);
        }

        return depths;
    }
}

/// <summary>What happened to the tasks of a queue in a minute.</summary>
internal sealed record MinuteCounts(
    DateTimeOffset Minute, string Queue, long Accepted, long Attempts, long Succeeded, long Failed, long Cancelled);

/// <summary>The depth of a queue in a minute.</summary>
internal readonly record struct MinuteDepth(DateTimeOffset Minute, string Queue, long Depth);
