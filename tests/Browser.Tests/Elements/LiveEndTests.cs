using Messaging.Browser.Tests.Browsing;
using Messaging.Browser.Tests.Hosts;

namespace Messaging.Browser.Tests.Elements;

/// <summary>How following server-sent events ends, over a server that the test plays.</summary>
public sealed class LiveEndTests(Chromium chromium, SharedHosts hosts, ModuleProfile profile) : ModuleTests(chromium, hosts, profile)
{
    private protected override bool NeedsFrame => false; // and so no other stream

    [Fact]
    public async Task A_page_that_is_left_between_two_attempts_is_forgotten_at_once()
    {
        Visit.Allow("503 GET /played");
        var asked = 0;
        await Page.RouteAsync("**/played", route =>
        {
            asked++;
            return route.FulfillAsync(new() { Status = 503, Body = "{}" });
        });

        var state = await RunAsync<string>(
            """
            const { live } = await import('/dashboard/lib/live.js');
            const left = new AbortController();
            const real = window.fetch;
            const answered = new Promise(resolve => window.fetch = async (...given) => { const answer = await real(...given); resolve(); return answer; });
            live.follow('/played', { on: {}, signal: left.signal });
            await answered;
            await new Promise(resolve => setTimeout(resolve, 100)); // it waits for at least 700 ms now
            left.abort();
            await new Promise(resolve => setTimeout(resolve, 10));
            return live.state;
            """);

        Assert.Equal(("none", 1), (state, asked));
    }

    [Fact]
    public async Task What_cannot_be_shown_does_not_end_the_stream()
    {
        Visit.Allow("thrown: ");
        Visit.Allow("404 GET /played");
        var asked = 0;
        await Page.RouteAsync("**/played", route => route.FulfillAsync(++asked == 1
            ? new() { ContentType = "text/event-stream", Body = "event: task\nid: 1\ndata: {\"n\":1}\n\nevent: task\nid: 2\ndata: {\"n\":2}\n\n" }
            : new() { Status = 404, Body = "{}" }));

        await RunAsync(
            """
            const { live } = await import('/dashboard/lib/live.js');
            window.seen = [];
            live.follow('/played', { on: { task: ({ n }) => { seen.push(n); if (n === 1) throw new Error('It cannot be shown.'); } } });
            """);

        await Page.WaitForFunctionAsync("() => seen.join() === '1,2'");
    }
}
