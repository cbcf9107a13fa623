using Messaging.Browser.Tests.Browsing;
using Messaging.Browser.Tests.Hosts;

namespace Messaging.Browser.Tests.Elements;

/// <summary>Numbers, durations and times as words.</summary>
public sealed class FormatTests(Chromium chromium, SharedHosts hosts, ModuleProfile profile) : ModuleTests(chromium, hosts, profile)
{
    private protected override bool NeedsFrame => false;

    [Fact]
    public async Task Numbers_are_short_and_never_a_bare_zero_for_little()
    {
        var texts = await RunAsync<string[]>(
            """
            const { count, rate, bytes, percent, shortId, plural, version } = await import('/dashboard/lib/format.js');
            return [count(12345), count(2500000), count(null), rate(12.34), rate(0.05), rate(0.0003), rate(0), bytes(1536), percent(0.123), percent(0.001),
              shortId('01a20dc2-b4a1-7feb-aac8-7acb97de3ec5'), plural(1, 'task'), plural(2, 'task'), version('0.1.0+421aa23b106ec519')];
            """);

        Assert.Equal(
            ["12,345", "2.5 M", "–", "12.3/s", "3/min", "1.1/h", "0/s", "1.5 KB", "12 %", "< 1 %", "97de3ec5", "1 task", "2 tasks", "0.1.0+421aa23b"],
            texts);
    }

    [Fact]
    public async Task One_task_a_minute_is_no_plural()
    {
        var texts = await RunAsync<string[]>(
            """
            const { tasksAt } = await import('/dashboard/lib/format.js');
            return [1 / 60, 1, 0.9, 10, 0].map(tasksAt);
            """);

        Assert.Equal(["1 task/min", "1 task/s", "0.9 tasks/s", "10 tasks/s", "0 tasks/s"], texts);
    }

    [Fact]
    public async Task All_rates_of_a_chart_have_one_unit()
    {
        var texts = await RunAsync<string[]>(
            """
            const { rateUnit } = await import('/dashboard/lib/format.js');
            return [75, 0.5, 0.001].flatMap(greatest => { const { word, per, format } = rateUnit(greatest); return [word, format(greatest * per), format(0)]; });
            """);

        Assert.Equal(["second", "75/s", "0/s", "minute", "30/min", "0/min", "hour", "3.6/h", "0/h"], texts);
    }

    [Fact]
    public async Task Durations_are_written_as_the_service_writes_them()
    {
        var texts = await Page.EvaluateAsync<string[]>(
            "async seconds => { const { inWords } = await import('/dashboard/lib/time.js'); return seconds.map(inWords); }", Durations.InWords.Select(d => d.Seconds).ToArray());

        Assert.Equal(Durations.InWords.Select(d => d.Words), texts);
    }

    [Fact]
    public async Task Relative_times_of_hours_have_their_minutes()
    {
        var texts = await RunAsync<string[]>(
            """
            const { ago } = await import('/dashboard/lib/time.js');
            return [-7020.5, -240.5, 0, 20.5, 250.5, 7020.5, 45000, 190000].map(seconds => ago(new Date(Date.now() - seconds * 1000)));
            """);

        Assert.Equal(["in 1 h 57 min", "in 4 min", "now", "20 s ago", "4 min ago", "1 h 57 min ago", "12 h ago", "2 d 4 h ago"], texts);
    }

    [Fact]
    public async Task Times_of_the_service_are_shown_in_the_zone_of_the_page()
    {
        var texts = await RunAsync<string[]>(
            """
            const { absolute, inZone, localised } = await import('/dashboard/lib/time.js');
            return [absolute('2026-01-31T23:30:05Z'), inZone('2026-07-01T04:30:00Z', 'America/New_York'), inZone('2026-07-01T04:30:00Z', 'UTC'),
              localised('Paused since 2026-01-31 23:30:05 UTC; 4 messages wait.'), localised('Due at 1:2:3 UTC.')];
            """);

        Assert.Equal(
            ["2026-02-01 00:30:05 +01:00", "2026-07-01 00:30 -04:00", "2026-07-01 04:30 UTC", "Paused since 2026-02-01 00:30:05; 4 messages wait.", "Due at 1:2:3 UTC."],
            texts);
    }

    [Fact]
    public async Task A_zone_unknown_to_the_browser_has_the_local_time() => Assert.Equal(
        "2026-02-01 00:30:05 +01:00",
        await RunAsync<string>("return (await import('/dashboard/lib/time.js')).inZone('2026-01-31T23:30:05Z', 'posix/Europe/Berlin');"));

    [Fact]
    public async Task A_time_is_relative_and_its_title_is_exact()
    {
        await DrawAsync("ob-time", "{ datetime: '2026-01-31T23:30:05Z' }");

        await Expect(Drawn.Locator("time")).ToHaveAttributeAsync("title", "2026-02-01 00:30:05 +01:00");
        await Expect(Drawn.Locator("time")).ToContainTextAsync(" d ago");
    }

    [Fact]
    public async Task A_time_goes_on_by_itself()
    {
        await DrawAsync("ob-time", "{ datetime: new Date(Date.now() - 58_000).toISOString() }");

        await Expect(Drawn.Locator("time")).ToHaveTextAsync("1 min ago");
    }
}
