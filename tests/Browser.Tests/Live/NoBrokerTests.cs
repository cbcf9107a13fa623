using System.Text.Json.Nodes;
using Messaging.Browser.Tests.Browsing;
using Messaging.Browser.Tests.Hosts;

namespace Messaging.Browser.Tests.Live;

/// <summary>What stands still without the broker is not on the overview alone.</summary>
public sealed class NoBrokerTests(Chromium chromium, SharedHosts hosts) : DashboardTests(chromium, hosts, Store.Sqlite)
{
    [Fact]
    public async Task Each_page_says_that_the_broker_is_away()
    {
        var visit = await VisitAsync();
        await visit.Page.RouteAsync("**/overview/events", route => route.FulfillAsync(new() { Status = 204 }));
        await visit.Page.RouteAsync("**/overview", WithoutBrokerAsync);

        await visit.GoAsync("workers");
        await Expect(visit.Page.Locator(".no-broker")).ToHaveTextAsync("The broker is unavailable.");
        await visit.GoAsync("queues");
        await Expect(visit.Page.Locator(".no-broker")).ToHaveTextAsync("The broker is unavailable.");
    }

    private static async Task WithoutBrokerAsync(IRoute route)
    {
        var answer = await route.FetchAsync();
        var overview = JsonNode.Parse(await answer.TextAsync())!;
        overview["attention"] = new JsonArray(new JsonObject
        {
            ["severity"] = "Critical",
            ["code"] = "BrokerUnavailable",
            ["message"] = "The broker is unavailable.",
            ["page"] = "overview",
            ["target"] = null,
        });
        await route.FulfillAsync(new() { Response = answer, Body = overview.ToJsonString() });
    }
}
