using Messaging.Browser.Tests.Browsing;
using Messaging.Browser.Tests.Hosts;

namespace Messaging.Browser.Tests.Pages;

/// <summary>The dashboard of an application that is below a path base, in a group of its own.</summary>
public sealed class PathBaseTests(Chromium chromium, SharedHosts hosts) : DashboardTests(chromium, hosts, Store.Sqlite)
{
    private protected override async Task<DashboardHost> HostAsync(Store ofStore) => await LibraryHost.StartAsync();

    private protected override async Task LeaveAsync(DashboardHost host) => await host.DisposeAsync();

    [Fact]
    public async Task Every_page_works_below_a_path_base()
    {
        var visit = await VisitPageAsync("/shop/ops/dashboard/schedules");
        visit.Allow("401 GET /shop/ops/dashboard/session");
        await visit.Page.GetByLabel("Access key").FillAsync(Keys.Ann);
        await visit.Button("Sign in").ClickAsync();
        await Expect(visit.Main).ToContainTextAsync("No schedule yet");
        await Expect(visit.Page.GetByRole(AriaRole.Banner).GetByRole(AriaRole.Status)).ToHaveTextAsync("Live");

        foreach (var page in new[] { "Tasks", "Dead letters", "Queues", "Workers", "Audit", "Overview" })
        {
            await visit.Page.GetByRole(AriaRole.Navigation, new() { Name = "Pages" }).GetByRole(AriaRole.Link, new() { Name = page }).ClickAsync();
            await Expect(visit.Heading(page)).ToBeVisibleAsync();
            Assert.StartsWith($"{Host.Address}/ops/dashboard/", visit.Page.Url, StringComparison.Ordinal);
        }

        await visit.Page.ReloadAsync();
        await Expect(visit.Heading("Overview")).ToBeVisibleAsync();
        var cookie = Assert.Single(await visit.Context.CookiesAsync());
        Assert.StartsWith("/shop", cookie.Path, StringComparison.Ordinal);
    }
}
