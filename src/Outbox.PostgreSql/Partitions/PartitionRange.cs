namespace Messaging.Outbox.PostgreSql.Partitions;

/// <summary>A span of time that has a partition, or shall have one.</summary>
internal readonly record struct PartitionRange(DateTimeOffset From, DateTimeOffset Before)
{
    // A statement that finds rows by their keys opens every partition: so they are few, whatever the retention.
    private const int PerRetention = 7, Ahead = 2;

    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan[] Widths =
    [
        TimeSpan.FromHours(1), TimeSpan.FromHours(6), TimeSpan.FromDays(1), TimeSpan.FromDays(7), TimeSpan.FromDays(28), TimeSpan.FromDays(91),
        TimeSpan.FromDays(364), TimeSpan.FromDays(1_092),
    ];

    /// <summary>The width of a partition: about a seventh of the retention, and so how long after it rows may still be there.</summary>
    public static TimeSpan WidthFor(TimeSpan retention) => Widths.FirstOrDefault(width => width * PerRetention >= retention, Widths[^1]);

    /// <summary>What has to be created, so that there are partitions for twice the width from now.</summary>
    /// <param name="end">Where the last one ends. When that has passed, what was written since stays in the default partition, as for another minute.</param>
    /// <param name="width">The width of those to come.</param>
    /// <param name="now">The time.</param>
    public static IEnumerable<PartitionRange> Missing(DateTimeOffset end, TimeSpan width, DateTimeOffset now)
    {
        var from = end > now ? end : now + Margin; // whoever inserts what belongs to a partition that is just being created gets an error
        while (from < now + (Ahead * width) && from < Uuid7.EndOfTime)
        {
            var before = new DateTimeOffset(((from.UtcTicks / width.Ticks) + 1) * width.Ticks, TimeSpan.Zero);
            before = before < Uuid7.EndOfTime ? before : Uuid7.EndOfTime;
            yield return new PartitionRange(from, before);
            from = before;
        }
    }
}
