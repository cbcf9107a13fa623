using Messaging.Browser.Tests.Browsing;
using Messaging.Browser.Tests.Hosts;

namespace Messaging.Browser.Tests.Live;

/// <summary>The server, or the worker, is killed while somebody looks. Each test has a system of its own.</summary>
public abstract class AwayTests(Chromium chromium, SharedHosts hosts, Store store) : DashboardTests(chromium, hosts, store)
{
    private protected override Task<DashboardHost> HostAsync(Store ofStore) => SharedHosts.StartAsync(ofStore);

    private protected override async Task LeaveAsync(DashboardHost host) => await host.DisposeAsync();

    [Fact]
    public async Task Without_the_server_a_page_is_not_live_and_resumes_after()
    {
        var id = await Seed.DelayedAsync("BeforeTheServerWentAway");
        var visit = await VisitAsync("tasks");
        var live = visit.Page.GetByRole(AriaRole.Banner).GetByRole(AriaRole.Status);
        await Expect(live).ToHaveTextAsync("Live");
        await Expect(visit.Row("BeforeTheServerWentAway")).ToBeVisibleAsync();

        visit.AllowNoServer();
        await Host.KillServerAsync();
        await Expect(live).ToContainTextAsync("Not live since");
        await Expect(visit.Row("BeforeTheServerWentAway")).ToBeVisibleAsync(); // what was there stays

        await Host.StartServerAsync();
        await Expect(live).ToHaveTextAsync("Live");
        await Seed.PostAsync($"/tasks/{id}/cancel");
        await Expect(visit.Row("BeforeTheServerWentAway").Locator("ob-state")).ToHaveTextAsync("Cancelled");
    }
}

public sealed class AwayOnSqlite(Chromium chromium, SharedHosts hosts) : AwayTests(chromium, hosts, Store.Sqlite);

public sealed class AwayOnPostgres(Chromium chromium, SharedHosts hosts) : AwayTests(chromium, hosts, Store.Postgres)
{
    [Fact]
    public async Task A_killed_worker_is_missed_on_the_overview()
    {
        var visit = await VisitAsync();
        var workers = visit.Page.Locator(".tile").Filter(new() { Has = visit.Page.GetByRole(AriaRole.Link, new() { Name = "Workers", Exact = true }) }).Locator(".tile-value");
        await Expect(workers).ToHaveTextAsync("1");

        await Host.KillWorkerAsync();
        var id = await Seed.AddAsync(new { type = "UploadsSweepDue", message = new { } });

        await Expect(workers).ToHaveTextAsync("0");
        await Expect(visit.Main).ToContainTextAsync("no worker consumes it");
        await visit.GoAsync($"tasks/{id}");
        await Expect(visit.Page.GetByRole(AriaRole.Region, new() { Name = "Why" })).ToContainTextAsync("worker");
    }
}
