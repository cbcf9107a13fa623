namespace Messaging.Outbox.PostgreSql.Partitions;

/// <summary>A time range that has a partition, or will have one.</summary>
internal readonly record struct PartitionRange(DateTimeOffset From, DateTimeOffset Before)
{
    // A statement that finds rows by key opens every partition, so the number of partitions is small for any retention.
    private const int PerRetention = 7, Ahead = 2;

    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan[] Widths =
    [
        TimeSpan.FromHours(1), TimeSpan.FromHours(6), TimeSpan.FromDays(1), TimeSpan.FromDays(7), TimeSpan.FromDays(28), TimeSpan.FromDays(91),
        TimeSpan.FromDays(364), TimeSpan.FromDays(1_092),
    ];

    /// <summary>The width of a partition: about a seventh of the retention, so rows may stay that much longer than the retention.</summary>
    public static TimeSpan WidthFor(TimeSpan retention) => Widths.FirstOrDefault(width => width * PerRetention >= retention, Widths[^1]);

    /// <summary>The ranges to create, so that partitions exist for twice the width from now.</summary>
    /// <param name="end">The end of the last partition. If it is in the past, rows written since then, and for another minute, stay in the default partition.</param>
    /// <param name="width">The width of new partitions.</param>
    /// <param name="now">The current time.</param>
    public static IEnumerable<PartitionRange> Missing(DateTimeOffset end, TimeSpan width, DateTimeOffset now)
    {
        var from = end > now ? end : now + Margin; // an insert into the range of a partition that is being created fails
        while (from < now + (Ahead * width) && from < Uuid7.EndOfTime)
        {
            var before = new DateTimeOffset(((from.UtcTicks / width.Ticks) + 1) * width.Ticks, TimeSpan.Zero);
            before = before < Uuid7.EndOfTime ? before : Uuid7.EndOfTime;
            yield return new PartitionRange(from, before);
            from = before;
        }
    }
}
