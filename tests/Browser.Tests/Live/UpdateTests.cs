using Messaging.Browser.Tests.Browsing;
using Messaging.Browser.Tests.Hosts;

namespace Messaging.Browser.Tests.Live;

/// <summary>The service is updated while somebody has the dashboard open: some of its files are of another version.</summary>
public sealed class UpdateTests(Chromium chromium, SharedHosts hosts) : DashboardTests(chromium, hosts, Store.Sqlite)
{
    private const string OfALaterVersion = "import { notThereYet } from '../lib/format.js';\nexport const title = notThereYet;";

    [Fact]
    public async Task A_page_of_a_later_version_is_loaded_with_what_it_needs()
    {
        var visit = await VisitAsync();
        visit.AllowAll();
        await visit.Page.RouteAsync("**/pages/audit.js", route => route.FulfillAsync(new RouteFulfillOptions { ContentType = "text/javascript", Body = OfALaterVersion }));
        await visit.Page.GetByRole(AriaRole.Navigation).GetByRole(AriaRole.Link, new() { Name = "Audit" }).ClickAsync();
        await Expect(visit.Main.GetByRole(AriaRole.Alert)).ToContainTextAsync("has been updated since");

        await visit.Page.UnrouteAllAsync(); // the update is over
        await visit.Button("Try again").ClickAsync();

        await Expect(visit.Heading("Audit")).ToBeVisibleAsync();
    }

    [Theory]
    [InlineData("lib/format.js", "export const nothing = 0;")]
    [InlineData("lib/live.js", null)]
    [InlineData("app.js", null)]
    public async Task A_dashboard_that_does_not_start_has_a_message(string file, string? content)
    {
        var visit = await VisitAsync("audit");
        visit.AllowAll();
        await visit.Page.RouteAsync($"**/{file}", route => content is null
            ? route.AbortAsync()
            : route.FulfillAsync(new RouteFulfillOptions { ContentType = "text/javascript", Body = content }));

        await visit.Page.ReloadAsync();

        await Expect(visit.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Load this page again");
    }
}
