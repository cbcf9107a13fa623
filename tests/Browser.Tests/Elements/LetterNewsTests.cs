using Messaging.Browser.Tests.Browsing;
using Messaging.Browser.Tests.Hosts;

namespace Messaging.Browser.Tests.Elements;

/// <summary>When dead letters are read again.</summary>
public sealed class LetterNewsTests(Chromium chromium, SharedHosts hosts, ModuleProfile profile) : ModuleTests(chromium, hosts, profile)
{
    private const string Say = "const say = (deadLetters, newestDeadLetterId) => handlers.forEach(handler => handler({ totals: { deadLetters, newestDeadLetterId } })); say(3, 'c');";

    [Theory]
    [InlineData("say(3, 'd');")] // three were decided, and three came
    [InlineData("say(2, 'c');")]
    [InlineData("live.state = 'reconnecting'; live.dispatchEvent(new Event('change')); live.state = 'live'; live.dispatchEvent(new Event('change'));")]
    [InlineData("document.dispatchEvent(new Event('visibilitychange'));")] // it is shown again
    public async Task They_are_read_again_after(string news)
    {
        await ShowAsync();

        await RunAsync($"{Say} {news}");

        await Page.WaitForFunctionAsync("() => reads >= 2", null, new() { Timeout = 20_000 }); // the page reads again by itself after 30 s
    }

    [Fact]
    public async Task They_are_not_read_again_while_nothing_has_changed()
    {
        await ShowAsync();

        await RunAsync($"{Say} say(3, 'c'); live.dispatchEvent(new Event('change')); await new Promise(resolve => setTimeout(resolve, 2500));");

        Assert.Equal(1, await RunAsync<int>("return reads;"));
    }

    [Fact]
    public async Task All_that_match_are_those_of_the_list()
    {
        await Page.RouteAsync("**/dead-letters?*", route => route.FulfillAsync(new() { ContentType = "application/json", Body = """{ "items": [], "next": null }""" }));
        var list = Page.WaitForRequestAsync("**/dead-letters?*");

        var before = await RunAsync<string>(
            """
            const { letterList } = await import('/dashboard/parts/letter-list.js');
            const list = letterList({ query: { before: '1h' }, refused: null, signal: new AbortController().signal, onchange: () => { }, onchanged: () => { } });
            await list.read();
            await new Promise(resolve => setTimeout(resolve, 20));
            return list.query().before;
            """);

        Assert.Contains(Uri.EscapeDataString(before), (await list).Url, StringComparison.Ordinal);
    }

    private Task ShowAsync() => RunAsync(
        """
        Object.assign(window, { reads: 0, handlers: [], live: Object.assign(new EventTarget(), { state: 'live', wasLive: true }) });
        const get = async path => (path === '/dead-letter-groups' && reads++, { items: [], next: null });
        const { page } = await import('/dashboard/pages/dead-letters.js');
        root.replaceChildren(page({ api: { get, curl: () => '' }, live, query: {}, params: {}, signal: new AbortController().signal, overview: { follow: handler => handlers.push(handler) } }));
        """);
}
