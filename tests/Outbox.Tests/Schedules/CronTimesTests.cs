using Messaging.Outbox.Schedules;

namespace Messaging.Outbox.Tests.Schedules;

/// <summary>Due times of cron expressions, on the days of the change of the clock as well.</summary>
public sealed class CronTimesTests
{
    [Theory]
    [InlineData("0 9 * * *", "UTC", "2026-05-04T12:00:00Z", "2026-05-05T09:00:00Z")]
    [InlineData("0 9 * * *", "Europe/Berlin", "2026-05-04T12:00:00Z", "2026-05-05T07:00:00Z")]
    [InlineData("0 9 * * *", "America/New_York", "2026-05-04T12:00:00Z", "2026-05-04T13:00:00Z")]
    [InlineData("*/15 * * * * *", "UTC", "2026-05-04T12:00:01Z", "2026-05-04T12:00:15Z")]
    [InlineData("0 0 29 2 *", "UTC", "2026-05-04T12:00:00Z", "2028-02-29T00:00:00Z")]
    public void The_next_due_time_is_that_of_the_time_zone(string cron, string zone, string after, string due) =>
        Assert.Equal(Time(due), CronTimes.Of(cron, zone)!.After(Time(after)));

    [Theory]
    [InlineData("* * * *", "has 4 fields: it must have five")]
    [InlineData("", "has 0 fields")]
    [InlineData("whenever", "has 1 field: it must have five")]
    [InlineData("1 2 3 4 5 6 7", "has 7 fields")]
    [InlineData("@sometimes", "must be one of @every_minute")]
    [InlineData("@daily x", "must be one of @every_minute")]
    [InlineData("0 25 * * *", "has an hour that is invalid ('25'): use 0 to 23")]
    [InlineData("61 0 25 * * *", "has a second that is invalid ('61')")]
    [InlineData("0 0 * * MOO", "has a day of the week that is invalid ('MOO')")]
    [InlineData("0 0 0 * *", "has a day of the month that is invalid ('0')")]
    [InlineData("\u0000\u0001 0 * * *", "has a minute that is invalid: use")]
    [InlineData("0 0 H * *", "has a day of the month")]
    public void A_wrong_expression_is_described_in_plain_words(string cron, string problem)
    {
        Assert.Null(CronTimes.Parse(cron, out var error));
        Assert.StartsWith(problem, error, StringComparison.Ordinal);
        Assert.DoesNotContain(error!, char.IsControl);
    }

    [Fact]
    public void A_time_skipped_by_summer_time_is_due_at_the_next_one() =>
        Assert.Equal(
            [Time("2026-03-28T01:30:00Z"), Time("2026-03-29T01:00:00Z"), Time("2026-03-30T00:30:00Z")],
            Take("30 2 * * *", "2026-03-28T00:00:00Z", 3));

    [Fact]
    public void A_time_that_comes_twice_is_due_once() =>
        Assert.Equal(
            [Time("2026-10-24T00:30:00Z"), Time("2026-10-25T00:30:00Z"), Time("2026-10-26T01:30:00Z")],
            Take("30 2 * * *", "2026-10-24T00:00:00Z", 3));

    [Fact]
    public void An_interval_goes_on_through_a_repeated_hour() =>
        Assert.Equal(
            [.. Enumerable.Range(0, 6).Select(i => Time("2026-10-25T00:00:00Z").AddMinutes(30 * i))],
            Take("*/30 * * * *", "2026-10-24T23:59:00Z", 6));

    [Fact]
    public void Dublin_goes_on_in_spring_and_in_autumn()
    {
        Assert.Equal(
            [Time("2027-03-28T00:00:00Z"), Time("2027-03-28T01:00:00Z"), Time("2027-03-28T02:00:00Z")],
            Take("0 * * * *", "2027-03-27T23:30:00Z", 3, "Europe/Dublin"));
        Assert.Equal(
            [.. Enumerable.Range(0, 6).Select(i => Time("2027-10-31T00:00:00Z").AddMinutes(30 * i))],
            Take("*/30 * * * *", "2027-10-30T23:59:00Z", 6, "Europe/Dublin"));
        Assert.Equal(
            [Time("2027-10-31T00:30:00Z"), Time("2027-11-01T01:30:00Z")], Take("30 1 * * *", "2027-10-30T23:59:00Z", 2, "Europe/Dublin"));
    }

    [Theory]
    [InlineData("@hourly", 3)]
    [InlineData("@every_minute", 121)]
    [InlineData("30 1 * * *", 1)]
    [InlineData("30 1-2 * * *", 2)]
    [InlineData("0/30 1 * * *", 4)]
    [InlineData("5 0,30 1 * * *", 2)]
    public void An_interval_is_due_in_both_hours(string cron, int count) =>
        Assert.Equal(
            count,
            CronTimes.Of(cron, "Europe/Dublin")!.From(Time("2027-10-31T00:00:00Z").AddSeconds(-1)).Skip(1)
                .TakeWhile(due => due <= Time("2027-10-31T02:00:00Z")).Count(due => due >= Time("2027-10-31T00:00:00Z")));

    [Fact]
    public void A_due_time_that_is_not_later_is_refused_whatever_computed_it()
    {
        var now = Time("2027-03-28T00:00:00Z");

        Assert.Null(CronTimes.Later(null, now));
        Assert.Equal(now.AddTicks(1), CronTimes.Later(now.UtcDateTime.AddTicks(1), now));
        Assert.Contains("not later", Assert.Throws<ScheduleNotRunnableException>(() => CronTimes.Later(now.UtcDateTime, now)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("* * *")]
    [InlineData("61 * * * *")]
    [InlineData("H * * * *")]
    [InlineData("")]
    [InlineData("* * * * * * *")]
    public void A_wrong_expression_is_refused_with_a_reason(string cron)
    {
        Assert.Null(CronTimes.Parse(cron, out var error));
        Assert.NotEmpty(error!);
    }

    [Theory]
    [InlineData("Mars/Olympus")]
    [InlineData("Europe")]
    [InlineData("../../etc/passwd")]
    [InlineData("/usr/share/zoneinfo/Europe/Berlin")]
    [InlineData("/dev/zero")] // which has no end
    [InlineData("")]
    public void An_unknown_time_zone_is_refused(string zone) => Assert.Null(CronTimes.FindZone(zone));

    private static IEnumerable<DateTimeOffset> Take(string cron, string after, int count, string zone = "Europe/Berlin")
    {
        var times = CronTimes.Of(cron, zone)!;
        return times.From(times.After(Time(after))).Take(count);
    }

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
