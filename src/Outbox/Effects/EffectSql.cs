using Messaging.Outbox.Store;

namespace Messaging.Outbox.Effects;

/// <summary>SQL of the histogram of times from acceptance to effect: by the minute for two hours, by the quarter of an hour for eight days.</summary>
internal static class EffectSql
{
    /// <summary>The two lengths of time that rows are about, in seconds.</summary>
    public const int Minute = 60, Quarter = 900;

    /// <summary>How long rows of each are kept.</summary>
    public static readonly TimeSpan MinutesAreKept = TimeSpan.FromHours(2), QuartersAreKept = FigureSql.CountsAreKept;

    /// <summary>Adds a sample. Processes add to the same rows in the same order, so none of them waits for another in a circle.</summary>
    public static async Task AddAsync(OutboxTransaction transaction, IReadOnlyList<EffectCount> sample, DateTimeOffset now, CancellationToken cancellationToken)
    {
        foreach (var seconds in (int[])[Minute, Quarter])
        {
            var start = new StoreTime(StartOf(now, seconds));
            foreach (var part in sample.Chunk(200))
            {
                await transaction.ExecuteAsync(
                    $"""
                    INSERT INTO messaging.task_effects AS e (seconds, start_at, queue, bucket, tasks)
                    VALUES {string.Join(", ", part.Select((_, i) => $"($1, $2, ${(i * 3) + 3}, ${(i * 3) + 4}, ${(i * 3) + 5})"))}
                    ON CONFLICT (seconds, start_at, queue, bucket) DO UPDATE SET tasks = e.tasks + excluded.tasks
                    """,
                    cancellationToken,
                    [seconds, start, .. part.SelectMany(count => new object?[] { count.Queue, count.Bucket, count.Tasks })]);
            }
        }
    }

    /// <summary>Deletes what is older than it is kept.</summary>
    public static async Task CleanUpAsync(OutboxTransaction transaction, DateTimeOffset now, CancellationToken cancellationToken)
    {
        foreach (var (seconds, kept) in new[] { (Minute, MinutesAreKept), (Quarter, QuartersAreKept) })
        {
            await transaction.ExecuteAsync(
                "DELETE FROM messaging.task_effects WHERE seconds = $1 AND start_at < $2", cancellationToken, seconds, new StoreTime(now - kept));
        }
    }

    /// <summary>The beginning of the minute, or of another length of time, in which a moment is.</summary>
    public static DateTimeOffset StartOf(DateTimeOffset moment, int seconds) =>
        DateTimeOffset.FromUnixTimeSeconds(moment.ToUnixTimeSeconds() / seconds * seconds);
}
