using Messaging.Outbox.PostgreSql.Partitions;

namespace Messaging.Outbox.Tests.PostgreSql;

/// <summary>Which partitions there are to be.</summary>
public sealed class PartitionRangeTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 29, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("00:01:00", "01:00:00")]
    [InlineData("1.00:00:00", "06:00:00")]
    [InlineData("7.00:00:00", "1.00:00:00")]
    [InlineData("30.00:00:00", "7.00:00:00")]
    [InlineData("365.00:00:00", "91.00:00:00")]
    [InlineData("3650.00:00:00", "1092.00:00:00")]
    public void A_retention_has_at_most_seven_partitions(string retention, string width) =>
        Assert.Equal(TimeSpan.Parse(width, null), PartitionRange.WidthFor(TimeSpan.Parse(retention, null)));

    [Fact]
    public void Partitions_follow_one_another_and_end_at_midnight()
    {
        var missing = PartitionRange.Missing(Noon.AddHours(1), TimeSpan.FromDays(1), Noon).ToList();

        Assert.Equal(
            [(Noon.AddHours(1), Noon.AddHours(12)), (Noon.AddHours(12), Noon.AddHours(36)), (Noon.AddHours(36), Noon.AddHours(60))],
            missing.Select(r => (r.From, r.Before)));
        Assert.Empty(PartitionRange.Missing(missing[^1].Before, TimeSpan.FromDays(1), Noon));
    }

    [Fact]
    public void The_first_partition_after_a_pause_begins_in_a_minute() =>
        Assert.Equal(Noon.AddMinutes(1), PartitionRange.Missing(Noon.AddDays(-20), TimeSpan.FromDays(1), Noon).First().From);

    [Fact]
    public void There_are_no_partitions_where_ids_have_no_time()
    {
        var late = new DateTimeOffset(2059, 12, 31, 12, 0, 0, TimeSpan.Zero);

        Assert.Equal(Uuid7.EndOfTime, PartitionRange.Missing(late, TimeSpan.FromDays(364), late).Single().Before);
        Assert.Empty(PartitionRange.Missing(late, TimeSpan.FromDays(1), late.AddYears(1)));
    }
}
