using System.Text.RegularExpressions;
using Messaging.Browser.Tests.Browsing;
using Messaging.Browser.Tests.Hosts;

namespace Messaging.Browser.Tests.Live;

/// <summary>Ten thousand tasks and more: the list pages, filters, and acts on all that match.</summary>
public abstract class TenThousandTests(Chromium chromium, SharedHosts hosts, Store store) : DashboardTests(chromium, hosts, store)
{
    private const int Chains = 500, Following = 20;
    private const string First = "FirstOfMany", Next = "NextOfMany";

    private protected override Task<DashboardHost> HostAsync(Store ofStore) => SharedHosts.StartAsync(ofStore);

    private protected override async Task LeaveAsync(DashboardHost host) => await host.DisposeAsync();

    [Fact]
    public async Task All_that_match_are_counted_and_cancelled_with_progress()
    {
        await Parallel.ForAsync(0, Chains, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (_, _) => await Seed.ChainAsync(First, Next, Following));

        var visit = await VisitAsync($"tasks?kind={Next}");
        await Expect(visit.Row(Next).First).ToBeVisibleAsync();
        var shown = await visit.Row(Next).CountAsync();
        await visit.Button("Older").ClickAsync();
        await Expect(visit.Row(Next)).ToHaveCountAsync(2 * shown);

        await CancelAllAsync(visit, "10,000");
        await Expect(visit.Page.GetByRole(AriaRole.Progressbar, new() { Name = "Cancelling 10,000 tasks" })).ToBeVisibleAsync();
        await visit.Button("Stop").ClickAsync();
        await Expect(visit.Page.Locator("ob-bulk")).ToContainTextAsync("stopped at");
        Assert.InRange(await CountAsync($"kind={Next}&state=Cancelled"), 0, (Chains * Following) - 1);

        // How many are left is not known yet: the step in which it was stopped may still be committed.
        await visit.GoAsync($"tasks?kind={Next}&state=Waiting"); // the newest, which are cancelled first, cannot be selected any more
        await Expect(visit.Row(Next).First).ToBeVisibleAsync();
        await CancelAllAsync(visit, "[0-9,]+");
        await Expect(visit.Page.Locator("ob-bulk")).ToContainTextAsync("tasks cancelled", new() { Timeout = 600_000 });
        Assert.Equal(Chains * Following, await CountAsync($"kind={Next}&state=Cancelled"));
        Assert.Equal(Chains, await CountAsync($"kind={First}&state=Scheduled"));
        await visit.GoAsync("audit?action=bulk-action.stop");
        await Expect(visit.Row("ann")).ToHaveCountAsync(1);
    }

    private static async Task CancelAllAsync(Visit visit, string number)
    {
        await visit.Page.GetByRole(AriaRole.Checkbox, new() { Name = "Select all that are shown" }).CheckAsync();
        await visit.Button("Select all that match").ClickAsync();
        await visit.Button("Cancel …").ClickAsync();
        await Expect(visit.Dialog).ToContainTextAsync(new Regex($@"Cancel {number} tasks\?", RegexOptions.None, TimeSpan.FromSeconds(1)));
        await Expect(visit.Dialog.Locator(".bulk-sample li")).ToHaveCountAsync(5);
        await visit.Dialog.Locator("button[type=submit]").ClickAsync();
    }

    private async Task<int> CountAsync(string filter) => (await Seed.GetAsync($"/tasks/count?{filter}")).GetProperty("count").GetInt32();
}

public sealed class TenThousandOnSqlite(Chromium chromium, SharedHosts hosts) : TenThousandTests(chromium, hosts, Store.Sqlite);

public sealed class TenThousandOnPostgres(Chromium chromium, SharedHosts hosts) : TenThousandTests(chromium, hosts, Store.Postgres);
