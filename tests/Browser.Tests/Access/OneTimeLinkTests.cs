using Messaging.Browser.Tests.Browsing;
using Messaging.Browser.Tests.Hosts;

namespace Messaging.Browser.Tests.Access;

/// <summary>The link of Standalone, which signs in without a key.</summary>
public sealed class OneTimeLinkTests(Chromium chromium, SharedHosts hosts) : DashboardTests(chromium, hosts, Store.Sqlite)
{
    private protected override async Task<DashboardHost> HostAsync(Store ofStore) => await StandaloneHost.StartWithoutKeysAsync();

    private protected override async Task LeaveAsync(DashboardHost host) => await host.DisposeAsync();

    [Fact]
    public async Task A_link_signs_in_once_and_leaves_no_trace()
    {
        var link = await ((StandaloneHost)Host).PrintLinkAsync();
        var code = link[(link.IndexOf("#code=", StringComparison.Ordinal) + "#code=".Length)..];
        Assert.NotEmpty(code);

        var visit = await VisitPageAsync(link);
        await Expect(visit.Heading("Overview")).ToBeVisibleAsync();
        await Expect(visit.Page.GetByRole(AriaRole.Button, new() { Name = "Session: local" })).ToBeVisibleAsync();
        Assert.Equal($"{Host.Address}dashboard/", visit.Page.Url);
        var kept = await visit.Page.EvaluateAsync<string>("() => JSON.stringify([location.href, document.cookie, { ...localStorage }, { ...sessionStorage }, document.documentElement.outerHTML])");
        Assert.DoesNotContain(code, kept, StringComparison.Ordinal);

        var second = await VisitPageAsync("about:blank");
        second.Allow("401 ");
        await second.Page.GotoAsync(link);
        await Expect(second.Heading("Sign in")).ToBeVisibleAsync();
        await Expect(second.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Not signed in");
        await Expect(second.Page.GetByRole(AriaRole.Navigation)).ToHaveCountAsync(0);
        await visit.Page.ReloadAsync(); // the first one stays signed in
        await Expect(visit.Heading("Overview")).ToBeVisibleAsync();
    }
}
