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
    public async Task Durations_have_two_units_at_most()
    {
        var texts = await RunAsync<string[]>(
            """
            const { inWords } = await import('/dashboard/lib/time.js');
            return [0, 0.0002, 0.012, 0.9, 3.04, 42, 59.6, 250, 36000, 190000].map(inWords);
            """);

        Assert.Equal(["0 s", "< 1 ms", "12 ms", "900 ms", "3 s", "42 s", "1 min", "4 min 10 s", "10 h", "2 d 4 h"], texts);
    }

    [Fact]
    public async Task A_time_is_relative_and_its_title_is_exact()
    {
        await DrawAsync("ob-time", "{ datetime: '2026-01-31T23:30:05Z' }");

        await Expect(Drawn.Locator("time")).ToHaveAttributeAsync("title", "2026-02-01 00:30:05 UTC+01:00");
        await Expect(Drawn.Locator("time")).ToContainTextAsync(" d ago");
    }

    [Fact]
    public async Task A_time_goes_on_by_itself()
    {
        await DrawAsync("ob-time", "{ datetime: new Date(Date.now() - 58_000).toISOString() }");

        await Expect(Drawn.Locator("time")).ToHaveTextAsync("1 min ago");
    }
}
