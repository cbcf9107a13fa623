using Messaging.Browser.Tests.Browsing;
using Messaging.Browser.Tests.Hosts;

namespace Messaging.Browser.Tests.Elements;

/// <summary>Figures of queues that are lower bounds, or not known.</summary>
public sealed class QueueFigureTests(Chromium chromium, SharedHosts hosts, ModuleProfile profile) : ModuleTests(chromium, hosts, profile)
{
    private const string Queue =
        "const queue = changes => ({ name: 'mail', depth: 12, delayed: 0, deadLetters: 0, inFlight: 0, consumers: [{}], priority: 'Normal', oldestSeconds: 0, ...changes });";

    [Fact]
    public async Task Only_the_figure_that_is_a_lower_bound_has_a_plus() => Assert.Equal(["12", "10,000+"], await RunAsync<string[]>(
        $$"""
        {{Queue}}
        const { columns } = await import('/dashboard/parts/queue-columns.js');
        return columns('depth', 'deadLetters').map(({ cell }) => cell(queue({ deadLetters: 10000, deadLettersAreCapped: true }))).map(cell => cell.textContent ?? cell);
        """));

    [Theory]
    [InlineData("[queue(), queue({ depth: 10000, depthIsCapped: true })]", "10,012+")]
    [InlineData("[queue(), queue({ depth: null })]", "unknown")]
    [InlineData("[queue(), queue()]", "24")]
    public async Task A_sum_is_as_sure_as_its_parts(string queues, string text)
    {
        await ShowAsync("overview", queues);
        await Expect(Drawn.Locator(".tile").Filter(new() { HasText = "Messages waiting" }).Locator(".tile-value")).ToHaveTextAsync(text);

        await ShowAsync("queues", queues);
        await Expect(Drawn.Locator(".page-head")).ToContainTextAsync(text);
        await Expect(Drawn.Locator(".page-head")).Not.ToContainTextAsync("0 messages");
    }

    [Fact]
    public async Task What_is_not_known_is_not_offered_to_be_purged()
    {
        await Page.RouteAsync("**/queues/mail", route => route.FulfillAsync(new() { ContentType = "application/json", Body = """{ "depth": null, "inFlight": 0, "delayed": 0 }""" }));

        await RunAsync($"{Queue} const {{ acts }} = await import('/dashboard/parts/queue-acts.js'); acts(queue()).find(({{ text }}) => text === 'Purge').onclick();");

        await Expect(Visit.Toasts).ToContainTextAsync("The broker does not answer, so nobody knows what waits in mail.");
        await Expect(Visit.Dialog).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task A_pause_does_not_say_that_nothing_waits_where_it_is_unknown()
    {
        await RunAsync($"{Queue} const {{ acts }} = await import('/dashboard/parts/queue-acts.js'); acts(queue({{ depth: null }})).find(({{ text }}) => text === 'Pause').onclick();");

        await Expect(Visit.Dialog.Locator("dd").Nth(1)).ToHaveTextAsync("unknown");
    }

    [Theory]
    [InlineData("{ acceptedPerSecond: 0, succeededPerSecond: 100, failedPerSecond: 0 }", "All is well: none accepted, 100 tasks/s worked off")]
    [InlineData("{ acceptedPerSecond: 0, succeededPerSecond: 0, failedPerSecond: 0 }", "All is well, and it is quiet: no task in the last minute")]
    [InlineData("{ acceptedPerSecond: 12, succeededPerSecond: 0, failedPerSecond: 0 }", "All is well: 12 tasks/s, how much waits is unknown for some queues.", "{ depth: null }")]
    public async Task It_is_quiet_when_nothing_comes_and_nothing_ends(string rates, string text, string changes = "{ }")
    {
        await RunAsync(
            $$"""
            {{Queue}}
            const { attention } = await import('/dashboard/parts/attention.js');
            render(root, attention({ attention: [], rates: {{rates}}, queues: [queue({{changes}})], totals: { balanceIsKnown: true, areCurrent: true, accepted: 1, running: 0 } }));
            """);

        await Expect(Drawn).ToContainTextAsync(text);
    }

    [Fact]
    public async Task Totals_that_nobody_keeps_are_shown_as_old()
    {
        await ShowAsync("overview", "[queue()]", "balanceIsKnown: false, areCurrent: false");

        await Expect(Drawn.Locator(".attention")).ToContainTextAsync("No process adds up the tasks");
        await Expect(Drawn.Locator(".states h2")).ToContainTextAsync("as last counted, some time ago");
    }

    [Fact]
    public async Task Totals_that_have_all_changes_are_not_old_without_a_reporter()
    {
        await ShowAsync("overview", "[queue()]", "balanceIsKnown: false, areCurrent: true");

        await Expect(Drawn.Locator(".states h2")).ToHaveTextAsync("Tasks that have not ended");
        await Expect(Drawn).Not.ToContainTextAsync("No process adds up the tasks");
    }

    /// <summary>Draws a page with an overview that the test makes.</summary>
    private Task ShowAsync(string page, string queues, string totals = "balanceIsKnown: true, areCurrent: true") => RunAsync(
        $$"""
        {{Queue}}
        const value = { attention: [], rates: { acceptedPerSecond: 0, succeededPerSecond: 0, failedPerSecond: 0 }, acceptedToEffect: {}, workers: {}, queues: {{queues}}.map((queue, at) => ({ ...queue, name: `mail${at}` })),
          totals: { accepted: 1, balance: 0, running: 0, deadLetters: 0, {{totals}} } };
        const { page } = await import('/dashboard/pages/{{page}}.js');
        root.replaceChildren(page({ api: { get: () => new Promise(() => { }), curl: () => '' }, query: {}, params: {}, signal: new AbortController().signal,
          overview: { value, follow: handler => handler(value, null) } }));
        """);
}
