using Messaging.Outbox.Effects;
using Messaging.Outbox.Store;

namespace Messaging.Outbox.Overview;

/// <summary>Reads what charts show: rows by the minute, which the database adds up to the steps of the chart.</summary>
internal sealed class HistoryReader(OutboxReader store, ISqlDialect dialect, StoreClock time)
{
    /// <param name="window">How far back.</param>
    /// <param name="queue">The queue; null for all.</param>
    /// <param name="cancellationToken">Cancels the queries.</param>
    /// <exception cref="StoreUnavailableException">The database is unavailable.</exception>
    public async Task<History> ReadAsync(HistoryWindow window, string? queue, CancellationToken cancellationToken)
    {
        var (seconds, count) = window switch
        {
            HistoryWindow.Hour => (60, 60),
            HistoryWindow.Day => (900, 96),
            _ => (7_200, 84),
        };
        var from = EffectSql.StartOf(time.GetUtcNow(), seconds).AddSeconds(-seconds * (count - 1));
        var counts = await CountsAsync(from, seconds, queue, cancellationToken);
        var effects = await EffectsAsync(from, seconds, queue, cancellationToken);
        var depths = await DepthsAsync(from, seconds, queue, cancellationToken);
        return new History(TimeSpan.FromSeconds(seconds), from, [.. Enumerable.Range(0, count).Select(Point)]);

        HistoryPoint Point(int step)
        {
            var at = from.AddSeconds(step * seconds);
            var times = effects.GetValueOrDefault(step) is { } known ? EffectPercentiles.Of(known) : null;
            var depth = depths.TryGetValue(step, out var read) ? read : (long?)null;
            return counts.GetValueOrDefault(step) is { } sums
                ? new HistoryPoint(at, sums[0], sums[1], sums[2], sums[3], sums[4], times?.P50Seconds, times?.P99Seconds, depth)
                : new HistoryPoint(at, 0, 0, 0, 0, 0, times?.P50Seconds, times?.P99Seconds, depth);
        }
    }

    private async Task<Dictionary<int, long[]>> CountsAsync(DateTimeOffset from, int seconds, string? queue, CancellationToken cancellationToken)
    {
        var where = Where("minute", from, queue);
        var rows = await store.QueryAsync(
            $"""
            SELECT {StepOf("minute", from, seconds)} AS step, {string.Join(", ", new[] { "accepted", "attempts", "succeeded", "failed", "cancelled" }.Select(c => $"CAST(sum({c}) AS bigint)"))}
            FROM messaging.task_counts WHERE {where.Where} GROUP BY 1
            """,
            where.Parameters,
            r => (Step: (int)r.GetInt64(0), Sums: Enumerable.Range(1, 5).Select(r.GetInt64).ToArray()),
            cancellationToken);
        return rows.ToDictionary(r => r.Step, r => r.Sums);
    }

    private async Task<Dictionary<int, Dictionary<int, long>>> EffectsAsync(DateTimeOffset from, int seconds, string? queue, CancellationToken cancellationToken)
    {
        var where = Where("start_at", from, queue).And("seconds =", seconds == EffectSql.Minute ? EffectSql.Minute : EffectSql.Quarter);
        var rows = await store.QueryAsync(
            $"""
            SELECT {StepOf("start_at", from, seconds)} AS step, bucket, CAST(sum(tasks) AS bigint)
            FROM messaging.task_effects WHERE {where.Where} GROUP BY 1, 2
            """,
            where.Parameters,
            r => (Step: (int)r.GetInt64(0), Bucket: (int)r.GetInt16(1), Tasks: r.GetInt64(2)),
            cancellationToken);
        return rows.GroupBy(r => r.Step).ToDictionary(s => s.Key, s => s.ToDictionary(r => r.Bucket, r => r.Tasks));
    }

    // First all queues of a minute together, then the greatest of the minutes.
    private async Task<Dictionary<int, long>> DepthsAsync(DateTimeOffset from, int seconds, string? queue, CancellationToken cancellationToken)
    {
        var where = Where("minute", from, queue);
        var rows = await store.QueryAsync(
            $"""
            SELECT {StepOf("m.minute", from, seconds)} AS step, max(m.depth)
            FROM (SELECT minute, CAST(sum(depth) AS bigint) AS depth FROM messaging.queue_depths WHERE {where.Where} GROUP BY minute) AS m GROUP BY 1
            """,
            where.Parameters,
            r => (Step: (int)r.GetInt64(0), Depth: r.GetInt64(1)),
            cancellationToken);
        return rows.ToDictionary(r => r.Step, r => r.Depth);
    }

    private static SqlFilter Where(string column, DateTimeOffset from, string? queue) => new SqlFilter().And($"{column} >=", new StoreTime(from)).And("queue =", queue);

    // Whole milliseconds, divided as whole numbers.
    private string StepOf(string column, DateTimeOffset from, int seconds) => string.Create(
        System.Globalization.CultureInfo.InvariantCulture, $"({dialect.Milliseconds(column)} - {from.ToUnixTimeMilliseconds()}) / {seconds * 1_000L}");
}
