using Messaging.Outbox.Schedules;

namespace Messaging.Outbox.Tests.Schedules;

/// <summary>When a schedule would be due, on the clocks of its zone.</summary>
public sealed class SchedulePreviewTests
{
    private static readonly DateTimeOffset October = new(2026, 10, 24, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void The_next_times_are_shown_on_the_clocks_of_the_zone()
    {
        var preview = SchedulePreview.Of("30 4 * * *", "Europe/Berlin", October, out _)!;

        Assert.Equal("Every day at 04:30", preview.CronText);
        Assert.Equal(new DateTimeOffset(2026, 10, 25, 3, 30, 0, TimeSpan.Zero), preview.NextDueTimes[0]);
        Assert.Equal(
            ["2026-10-25 04:30 +01:00", "2026-10-26 04:30 +01:00", "2026-10-27 04:30 +01:00", "2026-10-28 04:30 +01:00", "2026-10-29 04:30 +01:00"],
            preview.NextDueLocal);
    }

    [Fact]
    public void Seconds_are_shown_if_there_are_any() =>
        Assert.Equal("2026-10-24 14:00:30 +02:00", SchedulePreview.Of("30 * * * * *", "Europe/Berlin", October, out _)!.NextDueLocal[0]);

    [Fact]
    public void A_zone_whose_summer_time_is_standard_has_its_own_offsets() =>
        Assert.Equal(
            ["2026-10-24 13:30 +01:00", "2026-10-25 13:30 +00:00"], SchedulePreview.Of("30 13 * * *", "Europe/Dublin", October, out _)!.NextDueLocal.Take(2));

    [Theory]
    [InlineData("61 * * * *", "UTC", "cron")]
    [InlineData("0 0 30 2 *", "UTC", "cron")]
    [InlineData("0 0 * * *", "Europe/Atlantis", "timeZone")]
    public void What_is_wrong_is_said_by_field(string cron, string zone, string field)
    {
        Assert.Null(SchedulePreview.Of(cron, zone, October, out var errors));

        Assert.Equal([field], errors.Keys);
    }
}
