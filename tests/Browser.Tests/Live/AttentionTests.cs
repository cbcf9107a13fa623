using Messaging.Browser.Tests.Browsing;
using Messaging.Browser.Tests.Hosts;

namespace Messaging.Browser.Tests.Live;

/// <summary>What the overview says first, from a system where all is well to one that needs somebody. Each test has a system of its own.</summary>
public abstract class AttentionTests(Chromium chromium, SharedHosts hosts, Store store) : DashboardTests(chromium, hosts, store)
{
    private protected override Task<DashboardHost> HostAsync(Store ofStore) => SharedHosts.StartAsync(ofStore);

    private protected override async Task LeaveAsync(DashboardHost host) => await host.DisposeAsync();

    [Fact]
    public async Task Dead_letters_are_named_found_and_dropped_together()
    {
        var visit = await VisitAsync();
        await Expect(visit.Main.Locator(".sentence")).ToContainTextAsync("All is well");

        var (first, firstLetter) = await Seed.DeadLetterAsync();
        var (_, secondLetter) = await Seed.DeadLetterAsync();
        var attention = visit.Page.GetByRole(AriaRole.Region, new() { Name = "Needs attention" });
        await Expect(attention).ToContainTextAsync("2 new dead letters of user-registered");
        await attention.GetByRole(AriaRole.Listitem).Filter(new() { HasText = "new dead letters" }).GetByRole(AriaRole.Link).ClickAsync();
        await Expect(visit.Heading("Dead letters")).ToBeVisibleAsync();
        await Expect(visit.RowOf($"dead-letters/{firstLetter}")).ToBeVisibleAsync();

        await visit.GoAsync("dead-letters");
        await Expect(visit.Main.Locator(".group-count")).ToHaveTextAsync("2");
        await visit.ChooseAsync(visit.Page.GetByRole(AriaRole.Button, new() { Name = "More acts on DeliberateMailFailureException" }), "Drop all …");
        await visit.ConfirmAsync("Drop 2 dead letters");

        await Expect(visit.Main).ToContainTextAsync("No dead letters");
        Assert.Equal(["Dropped", "Dropped"], await Task.WhenAll(Seed.LetterStateAsync(firstLetter), Seed.LetterStateAsync(secondLetter)));
        Assert.Equal("Failed", await Seed.StateAsync(first));
    }
}

public sealed class AttentionOnSqlite(Chromium chromium, SharedHosts hosts) : AttentionTests(chromium, hosts, Store.Sqlite);

public sealed class AttentionOnPostgres(Chromium chromium, SharedHosts hosts) : AttentionTests(chromium, hosts, Store.Postgres);
