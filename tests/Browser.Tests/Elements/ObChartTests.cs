using Messaging.Browser.Tests.Browsing;
using Messaging.Browser.Tests.Hosts;

namespace Messaging.Browser.Tests.Elements;

/// <summary>The chart, the small line and the bar of a share.</summary>
public sealed class ObChartTests(Chromium chromium, SharedHosts hosts, ModuleProfile profile) : ModuleTests(chromium, hosts, profile)
{
    private const string Chart =
        """
        { caption: 'Tasks', format: value => `${value} a minute`, times: ['2026-11-29T12:00:00Z', '2026-11-29T12:01:00Z', '2026-11-29T12:02:00Z'],
          series: [{ name: 'Succeeded', kind: 'bar', tone: 'accent', values: [5, 0, 700] }, { name: 'Failed', kind: 'bar', tone: 'bad', values: [0, 0, 1] },
            { name: 'p99', kind: 'line', tone: 'warn', values: [3, null, 4] }] }
        """;

    [Fact]
    public async Task The_arrow_keys_show_the_figures_of_a_time()
    {
        await DrawAsync("ob-chart", Chart);
        await Drawn.GetByRole(AriaRole.Img).FocusAsync();

        await Page.Keyboard.PressAsync("ArrowLeft");
        await Expect(Drawn.Locator(".legend")).ToContainTextAsync("Succeeded700 a minute");
        await Page.Keyboard.PressAsync("ArrowLeft");

        await Expect(Drawn.Locator(".legend")).ToContainTextAsync("p99–");
        await Expect(Drawn.Locator(".legend")).ToContainTextAsync("11-29 13:01"); // Berlin
    }

    [Fact]
    public async Task It_is_a_table_as_well()
    {
        await DrawAsync("ob-chart", Chart);

        await Drawn.GetByText("Table").ClickAsync();

        await Expect(Drawn.Locator("tbody tr")).ToHaveCountAsync(3);
        await Expect(Drawn.Locator("tbody tr").First.Locator("td")).ToHaveTextAsync(["700 a minute", "1 a minute", "4 a minute"]);
    }

    [Fact]
    public async Task A_single_failure_is_seen_and_missing_points_are_a_gap()
    {
        await DrawAsync("ob-chart", Chart);

        var failed = Drawn.Locator("rect.tone-bad");
        await Expect(failed).ToHaveCountAsync(1);
        Assert.True(double.Parse((await failed.GetAttributeAsync("height"))!, System.Globalization.CultureInfo.InvariantCulture) >= 2);
        await Expect(Drawn.Locator("circle.tone-warn")).ToHaveCountAsync(2);
        await Expect(Drawn.Locator("path.line")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task No_line_falls_to_a_time_that_is_not_over()
    {
        await DrawAsync(
            "ob-chart",
            """
            { caption: 'Tasks', format: String, isPartial: true, times: ['2026-11-29T12:00:00Z', '2026-11-29T12:01:00Z', '2026-11-29T12:02:00Z'],
              series: [{ name: 'Succeeded', kind: 'bar', tone: 'accent', values: [5, 6, 1] }, { name: 'Accepted', kind: 'line', tone: 'info', values: [5, 6, 1] }] }
            """);

        Assert.Equal(1, (await Drawn.Locator("path.line").GetAttributeAsync("d"))!.Count(c => c == 'L'));
        await Expect(Drawn.Locator("rect.bar.is-partial")).ToHaveCountAsync(1);
        await Expect(Drawn.GetByRole(AriaRole.Img)).ToHaveAttributeAsync("aria-label", "Tasks. Newest: Succeeded 6, Accepted 6. Use the arrow keys, or the table.");
        await Drawn.GetByRole(AriaRole.Img).FocusAsync();
        await Page.Keyboard.PressAsync("End");
        await Expect(Drawn.Locator(".legend")).ToContainTextAsync("13:02, so far");
    }

    [Fact]
    public async Task Without_points_a_sentence_stands_there()
    {
        await DrawAsync("ob-chart", "{ caption: 'Tasks', format: String, times: ['2026-11-29T12:00:00Z'], empty: 'Nobody came', series: [{ name: 'Tasks', kind: 'bar', tone: 'accent', values: [0] }] }");

        await Expect(Drawn.GetByText("Nobody came")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_small_line_says_in_words_what_it_shows()
    {
        await DrawAsync("ob-spark", "{ label: 'Depth', values: [3, 9, 5] }");
        await Expect(Drawn.GetByRole(AriaRole.Img)).ToHaveAttributeAsync("aria-label", "Depth: from 3 to 5, at most 9");

        await DrawAsync("ob-meter", "{ value: 0.5, text: '8 of 16' }");
        await Expect(Drawn).ToHaveTextAsync("8 of 16");
    }
}
