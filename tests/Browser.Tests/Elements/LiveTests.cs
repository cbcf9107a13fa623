using Messaging.Browser.Tests.Browsing;
using Messaging.Browser.Tests.Hosts;

namespace Messaging.Browser.Tests.Elements;

/// <summary>Server-sent events, over a server that the test plays.</summary>
public sealed class LiveTests(Chromium chromium, SharedHosts hosts, ModuleProfile profile) : ModuleTests(chromium, hosts, profile)
{
    private readonly List<string?> _ids = [];

    [Fact]
    public async Task It_goes_on_after_the_last_event_that_it_had()
    {
        Visit.Allow("404 GET /played");
        await ServeAsync("event: task\nid: 7\ndata: {\"n\":1}\n\n", "event: task\nid: 8\ndata: {\"n\":2}\n\n");

        await FollowAsync();

        await Page.WaitForFunctionAsync("() => window.seen?.length >= 2");
        Assert.Equal("1,2", await RunAsync<string>("return seen.slice(0, 2).map(task => task.n).join();"));
        Assert.Equal([null, "7"], _ids[..2]);
    }

    [Fact]
    public async Task A_refusal_for_a_moment_is_tried_again()
    {
        Visit.Allow("503 GET /played");
        Visit.Allow("404 GET /played");
        await ServeAsync(null, "event: task\nid: 1\ndata: {\"n\":1}\n\n");

        await FollowAsync();

        await Page.WaitForFunctionAsync("() => window.seen?.length >= 1");
        Assert.Contains("reconnecting", await RunAsync<string[]>("return states;"));
    }

    [Fact]
    public async Task What_cannot_come_is_not_asked_for_again()
    {
        Visit.Allow("404 GET /played");
        await ServeAsync();

        await FollowAsync();

        await Page.WaitForFunctionAsync("() => window.states?.at(-1) === 'offline'");
        Assert.Single(_ids);
        Assert.True(await RunAsync<bool>("return (await import('/dashboard/lib/live.js')).live.isRefused;"));
    }

    [Fact]
    public async Task A_refusal_after_an_outage_says_why_and_that_it_stays()
    {
        Visit.Allow("503 GET /played");
        Visit.Allow("404 GET /played");
        await ServeAsync(null, null);
        await RunAsync("let time = 0; Date.now = () => (time += 11_000);"); // each outage has lasted for longer than it may

        await FollowAsync();

        await Page.WaitForFunctionAsync("() => window.told?.at(-1)?.endsWith('true')");
        Assert.Equal(["offline: The service answers with an error (503). false", "offline: The service answers with an error (404). true"], (await RunAsync<string[]>("return told;"))[^2..]);
        Assert.Single(await RunAsync<string[]>("return states.filter(state => state === 'offline');"));
    }

    private Task FollowAsync() => RunAsync(
        """
        const { live } = await import('/dashboard/lib/live.js');
        Object.assign(window, { seen: [], states: [], told: [] });
        live.addEventListener('change', () => told.push(`${live.state}: ${live.why} ${live.isRefused}`));
        live.follow('/played', { on: { task: value => seen.push(value) }, onstate: state => states.push(state) });
        """);

    /// <summary>Answers one request after the other; null is a 503, and after the last it is a 404.</summary>
    private Task ServeAsync(params string?[] answers) => Page.RouteAsync("**/played", async route =>
    {
        _ids.Add(await route.Request.HeaderValueAsync("Last-Event-ID"));
        await route.FulfillAsync(_ids.Count > answers.Length
            ? new RouteFulfillOptions { Status = 404, Body = "{}" }
            : answers[_ids.Count - 1] is { } body
                ? new RouteFulfillOptions { ContentType = "text/event-stream", Body = body }
                : new RouteFulfillOptions { Status = 503, Body = "{}" });
    });
}
