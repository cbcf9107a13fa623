using Messaging.Outbox.Schedules;

namespace Messaging.Outbox.Tests.Schedules;

/// <summary>Cron expressions in words.</summary>
public sealed class CronTextTests
{
    [Theory]
    [InlineData("* * * * *", "Every minute")]
    [InlineData("*/5 * * * *", "Every 5 minutes")]
    [InlineData("*/1 * * * *", "Every minute")]
    [InlineData("*/7 * * * *", "Every 7 minutes of the hour")]
    [InlineData("0 * * * *", "Every hour, at minute 0")]
    [InlineData("5,35 * * * *", "Every hour, at minutes 5 and 35")]
    [InlineData("0 */2 * * *", "Every 2 hours, at minute 0")]
    [InlineData("10-20 * * * *", "Every minute from 10 to 20 of the hour")]
    [InlineData("10/15 * * * *", "Every 15 minutes of the hour from minute 10 on")]
    [InlineData("30 2 * * *", "Every day at 02:30")]
    [InlineData("0 8,12,18 * * *", "Every day at 08:00, 12:00 and 18:00")]
    [InlineData("0 9-17 * * *", "Every hour from 09:00 to 17:59, at minute 0")]
    [InlineData("*/15 9-17 * * MON-FRI", "Every 15 minutes from 09:00 to 17:59, on Monday to Friday")]
    [InlineData("* 4 * * *", "Every minute from 04:00 to 04:59")]
    [InlineData("* 4,6 * * *", "Every minute of the hours 04 and 06")]
    [InlineData("30 2 * * 1", "On Monday at 02:30")]
    [InlineData("30 2 * * 0,6", "On Sunday and Saturday at 02:30")]
    [InlineData("30 2 * * 7", "On Sunday at 02:30")]
    [InlineData("0 0 1 * *", "On day 1 of the month at 00:00")]
    [InlineData("0 0 1,15 * *", "On days 1 and 15 of the month at 00:00")]
    [InlineData("0 0 L * *", "On the last day of the month at 00:00")]
    [InlineData("0 0 L-2 * *", "On the day 2 days before the last of the month at 00:00")]
    [InlineData("0 0 LW * *", "On the last weekday of the month at 00:00")]
    [InlineData("0 0 15W * *", "On the weekday nearest to day 15 of the month at 00:00")]
    [InlineData("0 0 * * 5L", "On the last Friday of the month at 00:00")]
    [InlineData("0 0 * * MON#2", "On the second Monday of the month at 00:00")]
    [InlineData("0 0 13 * FRI", "On day 13 of the month if it is Friday at 00:00")]
    [InlineData("0 0 1 1 *", "On day 1 of January at 00:00")]
    [InlineData("0 6 * JUN-AUG *", "Every day of June to August at 06:00")]
    [InlineData("0 0 */2 * *", "On every 2nd day of the month at 00:00")]
    [InlineData("0 0 1 */3 *", "On day 1 of every 3rd month at 00:00")]
    [InlineData("* * * 12 *", "Every minute, in December")]
    [InlineData("* * * * * *", "Every second")]
    [InlineData("*/10 * * * * *", "Every 10 seconds")]
    [InlineData("15 30 2 * * *", "Every day at 02:30:15")]
    [InlineData("0 */5 * * * *", "Every 5 minutes")]
    [InlineData("30 * * * * *", "Every minute, at second 30")]
    [InlineData("*/10 0 2 * * *", "Every 10 seconds of the minute 02:00")]
    [InlineData("@every_second", "Every second")]
    [InlineData("@every_minute", "Every minute")]
    [InlineData("@hourly", "Every hour, at minute 0")]
    [InlineData("@daily", "Every day at 00:00")]
    [InlineData("@midnight", "Every day at 00:00")]
    [InlineData("@WEEKLY", "On Sunday at 00:00")]
    [InlineData("@monthly", "On day 1 of the month at 00:00")]
    [InlineData("@yearly", "On day 1 of January at 00:00")]
    [InlineData("@annually", "On day 1 of January at 00:00")]
    [InlineData("  30   2 * * * ", "Every day at 02:30")]
    [InlineData("0 0 ? * *", "Every day at 00:00")]
    public void An_expression_is_said_in_words(string cron, string words)
    {
        Assert.NotNull(CronTimes.Parse(cron, out _));

        Assert.Equal(words, CronText.Of(cron));
    }

    [Theory]
    [InlineData("61 * * * *")]
    [InlineData("")]
    [InlineData("every day")]
    public void What_is_no_expression_has_no_words(string cron) => Assert.Null(CronText.Of(cron));

    /// <summary>Whatever Cronos accepts gets some words, and never throws.</summary>
    [Fact]
    public void Every_combination_of_fields_has_words()
    {
        string[] minutes = ["*", "0", "*/5", "1-5", "5/10", "1,2,9", "1-30/7"], hours = ["*", "3", "*/6", "1-5", "2/4", "1,2,9", "0-23"];
        string[] days = ["*", "?", "1", "L", "15W", "1-5", "*/3", "LW"], months = ["*", "1", "JAN", "1-3", "*/2", "FEB,MAR"], weekdays = ["*", "1", "MON-FRI", "5L", "5#3", "1,3", "*/2"];
        foreach (var cron in from minute in minutes from hour in hours from day in days from month in months from weekday in weekdays select $"{minute} {hour} {day} {month} {weekday}")
        {
            if (CronTimes.Parse(cron, out _) is not null)
            {
                Assert.Matches("^(Every|On) [A-Za-z0-9 ,:]+$", CronText.Of(cron));
            }
        }
    }
}
