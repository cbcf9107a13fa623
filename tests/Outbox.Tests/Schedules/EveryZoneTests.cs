using Messaging.Outbox.Schedules;

namespace Messaging.Outbox.Tests.Schedules;

/// <summary>
/// Due times on the days around every change of every time zone of this system, for ten years, against a calculation that uses neither
/// Cronos nor the code under test: moment by moment, by the offset alone.
/// </summary>
public sealed class EveryZoneTests(ITestOutputHelper output)
{
    private static readonly DateTime From = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc), To = new(2036, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    private static readonly Lazy<List<(string Id, TimeZoneInfo Zone, List<DateTime> Changes)>> Zones = new(() =>
        [.. TimeZoneInfo.GetSystemTimeZones().Select(zone => (zone.Id, zone, Changes(zone)))]);

    private static readonly (string Cron, bool IsInterval, int Seconds)[] Expressions =
    [
        ("0 * * * *", true, 60),
        ("30 1 * * *", false, 60),
        ("0 2 * * *", false, 60),
        ("*/20 * * * *", true, 60),
        ("15,45 0-3 * * *", true, 60),
        ("59 23 * * *", false, 60),
        ("*/20 30 * * * *", true, 10),
        ("10 0,30 1,2 * * *", false, 10),
    ];

    [Theory]
    [InlineData(60)]
    [InlineData(10)]
    public void Every_zone_is_right_around_each_change(int seconds)
    {
        // In steps of seconds it would take long; the hours around the change have all that matters.
        var around = seconds < 60 ? TimeSpan.FromHours(4) : TimeSpan.FromHours(50);
        var step = TimeSpan.FromSeconds(seconds);
        var expressions = Expressions.Where(e => e.Seconds == seconds).ToList();
        var (changes, checks) = (0, new int[expressions.Count]);
        foreach (var (id, zone, moments) in Different())
        {
            var times = expressions.Select(e => CronTimes.Of(e.Cron, zone)).ToList();
            foreach (var change in moments)
            {
                var faces = Faces(zone, change - around, change + around, step);
                for (var i = 0; i < expressions.Count; i++)
                {
                    var due = Due(faces, expressions[i].Cron, expressions[i].IsInterval, change - around, step);
                    checks[i] += Check($"{id}, {expressions[i].Cron}", times[i], due, change, around);
                }

                changes++;
            }
        }

        output.WriteLine($"{Zones.Value.Count} zones, {changes} different changes, {string.Join(", ", checks)} due times");
        Assert.All(checks, count => Assert.True(count > 1_000));
    }

    [Fact]
    public void No_zone_names_a_time_twice_in_ten_years()
    {
        foreach (var (id, zone, _) in Different())
        {
            var times = CronTimes.Of("0 */6 * * *", zone);
            var last = Moment(From);
            foreach (var due in times.From(times.After(last)).TakeWhile(d => d < Moment(To)))
            {
                Assert.True(due > last, $"{id}: {due:O} after {last:O}");
                last = due;
            }
        }
    }

    [Theory]
    [InlineData("Europe/Dublin")]
    [InlineData("Africa/Casablanca")]
    [InlineData("Africa/El_Aaiun")]
    public void A_zone_whose_summer_is_standard_time_is_among_them(string id) =>
        Assert.NotEmpty(Zones.Value.Single(zone => zone.Id == id).Changes);

    /// <summary>One zone of those whose clocks are the same for all of the ten years.</summary>
    private static IEnumerable<(string Id, TimeZoneInfo Zone, List<DateTime> Changes)> Different() =>
        Zones.Value.DistinctBy(z => string.Join(';', z.Changes.Select(c => $"{c.Ticks}{z.Zone.GetUtcOffset(c)}").Prepend($"{z.Zone.GetUtcOffset(From)}")));

    private static DateTimeOffset Moment(DateTime utc) => new(utc, TimeSpan.Zero);

    private static int Check(string id, CronTimes times, List<DateTime> due, DateTime change, TimeSpan around)
    {
        var next = 0;
        for (var moment = change - around + TimeSpan.FromSeconds(30); next < due.Count; moment += TimeSpan.FromSeconds(613))
        {
            while (next < due.Count && due[next] <= moment)
            {
                next++;
            }

            if (next < due.Count)
            {
                Expect(moment);
            }
        }

        for (next = 1; next < due.Count; next++)
        {
            Expect(due[next - 1]);
        }

        return due.Count;

        void Expect(DateTime after) =>
            Assert.True(
                times.After(Moment(after)) == Moment(due[next]),
                $"{id} at {change:O}: after {after:O} came {times.After(Moment(after)):O} and not {due[next]:O}");
    }

    /// <summary>What the clocks of the zone show, moment by moment.</summary>
    private static List<(DateTime Moment, DateTime Face)> Faces(TimeZoneInfo zone, DateTime from, DateTime to, TimeSpan step)
    {
        var faces = new List<(DateTime, DateTime)>();
        for (var moment = from - TimeSpan.FromDays(2); moment < to; moment += step)
        {
            faces.Add((moment, moment + zone.GetUtcOffset(moment)));
        }

        return faces;
    }

    private static List<DateTime> Due(List<(DateTime Moment, DateTime Face)> faces, string cron, bool isInterval, DateTime from, TimeSpan step)
    {
        var (due, latest) = (new List<DateTime>(), DateTime.MinValue);
        foreach (var (moment, face) in faces)
        {
            var isRepeated = face <= latest;
            var isDue = Matches(cron, face) && (isInterval || !isRepeated);
            for (var left = latest + step; left < face && latest != DateTime.MinValue; left += step)
            {
                isDue |= Matches(cron, left);
            }

            if (isDue && moment >= from)
            {
                due.Add(moment);
            }

            latest = isRepeated ? latest : face;
        }

        return due;
    }

    // Spelt out, so that no parser is taken on trust.
    private static bool Matches(string cron, DateTime face) => cron switch
    {
        "0 * * * *" => face is { Minute: 0, Second: 0 },
        "30 1 * * *" => face is { Hour: 1, Minute: 30, Second: 0 },
        "0 2 * * *" => face is { Hour: 2, Minute: 0, Second: 0 },
        "*/20 * * * *" => face is { Minute: 0 or 20 or 40, Second: 0 },
        "15,45 0-3 * * *" => face is { Hour: <= 3, Minute: 15 or 45, Second: 0 },
        "59 23 * * *" => face is { Hour: 23, Minute: 59, Second: 0 },
        "*/20 30 * * * *" => face is { Minute: 30, Second: 0 or 20 or 40 },
        "10 0,30 1,2 * * *" => face is { Hour: 1 or 2, Minute: 0 or 30, Second: 10 },
        _ => throw new ArgumentOutOfRangeException(nameof(cron)),
    };

    private static List<DateTime> Changes(TimeZoneInfo zone)
    {
        var changes = new List<DateTime>();
        for (var (hour, offset) = (From, zone.GetUtcOffset(From)); hour < To; hour = hour.AddHours(6))
        {
            if (zone.GetUtcOffset(hour.AddHours(6)) == offset)
            {
                continue;
            }

            var minute = hour;
            while (zone.GetUtcOffset(minute) == offset)
            {
                minute = minute.AddMinutes(1);
            }

            changes.Add(minute);
            offset = zone.GetUtcOffset(minute);
        }

        return changes;
    }
}
