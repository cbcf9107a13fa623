using Messaging.Browser.Tests.Browsing;
using Messaging.Browser.Tests.Hosts;

namespace Messaging.Browser.Tests.Live;

/// <summary>What the dashboard says of a system that fails: of one that these tests have for themselves.</summary>
public abstract class AwayTests(Chromium chromium, SharedHosts hosts, OwnHost own, Store store) : DashboardTests(chromium, hosts, store), IClassFixture<OwnHost>
{
    private protected override Task<DashboardHost> HostAsync(Store ofStore) => own.GetAsync(ofStore);

    [Fact]
    public async Task Dead_letters_are_named_found_and_dropped_together()
    {
        var visit = await VisitAsync();
        await Expect(visit.Main.Locator(".sentence")).ToContainTextAsync("All is well");

        var (task, letter) = await Seed.DeadLetterAsync(); // and another one, of the registration itself
        var attention = visit.Page.GetByRole(AriaRole.Region, new() { Name = "Needs attention" });
        await Expect(attention).ToContainTextAsync("2 new dead letters of user-registered");
        await attention.GetByRole(AriaRole.Listitem).Filter(new() { HasText = "new dead letters" }).GetByRole(AriaRole.Link).ClickAsync();
        await Expect(visit.Heading("Dead letters")).ToBeVisibleAsync();
        await Expect(visit.RowOf($"dead-letters/{letter}")).ToBeVisibleAsync();

        await visit.GoAsync("dead-letters");
        await Expect(visit.Main.Locator(".group-count")).ToHaveTextAsync("2");
        await visit.ChooseAsync(visit.Page.GetByRole(AriaRole.Button, new() { Name = "More acts on DeliberateMailFailureException" }), "Drop all …");
        await visit.ConfirmAsync("Drop 2 dead letters");

        await Expect(visit.Main).ToContainTextAsync("No dead letters");
        Assert.Equal("Dropped", await Seed.LetterStateAsync(letter));
        Assert.Equal("Failed", await Seed.StateAsync(task));
    }

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
        var note = visit.Page.Locator(".not-live");
        await Expect(note).ToContainTextAsync("The service does not answer.");
        await Expect(note).ToContainTextAsync("What you see is of ");
        await Expect(visit.Row("BeforeTheServerWentAway")).ToBeVisibleAsync(); // what was there stays

        await Host.StartServerAsync();
        await Expect(live).ToHaveTextAsync("Live");
        await Expect(note).ToHaveCountAsync(0);
        await Seed.PostAsync($"/tasks/{id}/cancel");
        await Expect(visit.Row("BeforeTheServerWentAway").Locator("ob-state")).ToHaveTextAsync("Cancelled");
    }
}

public sealed class AwayOnSqlite(Chromium chromium, SharedHosts hosts, OwnHost own) : AwayTests(chromium, hosts, own, Store.Sqlite);

public sealed class AwayOnPostgres(Chromium chromium, SharedHosts hosts, OwnHost own) : AwayTests(chromium, hosts, own, Store.Postgres);
