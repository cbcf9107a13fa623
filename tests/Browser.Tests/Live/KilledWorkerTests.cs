using Messaging.Browser.Tests.Browsing;
using Messaging.Browser.Tests.Hosts;

namespace Messaging.Browser.Tests.Live;

/// <summary>The worker is killed while somebody looks. On Standalone it is the server as well.</summary>
public sealed class KilledWorkerTests(Chromium chromium, SharedHosts hosts) : DashboardTests(chromium, hosts, Store.Postgres)
{
    private protected override Task<DashboardHost> HostAsync(Store ofStore) => SharedHosts.StartAsync(ofStore);

    private protected override async Task LeaveAsync(DashboardHost host) => await host.DisposeAsync();

    [Fact]
    public async Task A_killed_worker_is_missed_on_the_overview()
    {
        var visit = await VisitAsync();
        var workers = visit.Page.Locator(".tile").Filter(new() { Has = visit.Page.GetByRole(AriaRole.Link, new() { Name = "Workers", Exact = true }) }).Locator(".tile-value");
        await Expect(workers).ToHaveTextAsync("1");

        await Seed.PauseScheduleAsync("uploads-sweep"); // which fills that queue once an hour
        await Host.KillWorkerAsync();
        var id = await Seed.AddAsync(new { type = "UploadsSweepDue", message = new { } });

        await Expect(workers).ToHaveTextAsync("0");
        await Expect(visit.Main).ToContainTextAsync("no worker consumes it");
        await visit.GoAsync($"tasks/{id}");
        await Expect(visit.Page.GetByRole(AriaRole.Region, new() { Name = "Why" })).ToContainTextAsync("worker");
        await visit.GoAsync("queues/uploads-sweep-due");
        await Expect(visit.Main.Locator(".note.bad")).ToContainTextAsync("No worker consumes this queue. 1 message waits");
        await visit.GoAsync("workers");
        await Expect(visit.Main.Locator(".note.bad")).ToContainTextAsync("No process that reports consumes a queue");
    }
}
