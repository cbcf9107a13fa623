using Messaging.Browser.Tests.Browsing;
using Messaging.Browser.Tests.Hosts;

namespace Messaging.Browser.Tests.Pages;

public abstract class AuditPageTests(Chromium chromium, SharedHosts hosts, Store store) : DashboardTests(chromium, hosts, store)
{
    private readonly string _name = $"of-a-test-{Guid.NewGuid():N}";

    [Fact]
    public async Task It_says_who_did_what()
    {
        await Seed.ScheduleAsync(_name);
        await Seed.PostAsync($"/schedules/{_name}/pause");

        var visit = await VisitAsync($"audit?target={_name}");

        await Expect(visit.Row("Paused a schedule")).ToContainTextAsync("ann");
        var saved = visit.Row("Saved a schedule");
        await saved.Locator("summary").First.ClickAsync();
        await Expect(saved.Locator("ob-json")).ToContainTextAsync("Europe/Berlin");
        await saved.GetByRole(AriaRole.Link, new() { Name = _name }).ClickAsync();
        await Expect(visit.Heading(_name)).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_filter_stands_in_the_address_and_is_cleared()
    {
        await Seed.ScheduleAsync(_name);
        await Seed.PostAsync($"/schedules/{_name}/pause");
        var visit = await VisitAsync("audit");
        await visit.Page.GetByLabel("Target").FillAsync(_name);
        await visit.Page.GetByLabel("Action").SelectOptionAsync("schedule.pause");

        await Expect(visit.Page.GetByRole(AriaRole.Row)).ToHaveCountAsync(2); // and the titles
        Assert.Contains($"target={_name}", visit.Page.Url, StringComparison.Ordinal);
        await visit.Page.ReloadAsync();
        await Expect(visit.Page.GetByRole(AriaRole.Row)).ToHaveCountAsync(2);

        await visit.Page.GetByLabel("From").FillAsync("2100-01-01T00:00");
        await visit.Button("Filter").ClickAsync();
        await Expect(visit.Main).ToContainTextAsync("Nothing matches");
        await visit.Button("Clear").ClickAsync();
        await Expect(visit.Row("Saved a schedule").First).ToBeVisibleAsync();
        Assert.DoesNotContain('?', visit.Page.Url);
    }

    [Fact]
    public async Task Entries_of_one_filter_never_stand_under_another()
    {
        await Seed.ScheduleAsync(_name);
        var visit = await VisitAsync($"audit?target={_name}");
        await Expect(visit.Row("Saved a schedule")).ToHaveCountAsync(1);
        visit.Allow("503 GET ");
        await visit.Page.RouteAsync("**/audit?*", route => route.FulfillAsync(new() { Status = 503, Body = "{}" }));

        await visit.Page.GetByLabel("Action").SelectOptionAsync("schedule.pause");

        await Expect(visit.Main.GetByRole(AriaRole.Alert)).ToContainTextAsync("Error 503");
        await Expect(visit.Row("Saved a schedule")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task An_act_on_many_says_how_many_and_shows_each()
    {
        var ids = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => Seed.DelayedAsync()));
        await Seed.PostAsync("/tasks/bulk", new { action = "Cancel", ids });

        var visit = await VisitAsync("audit?target=ids");
        var entry = visit.Row("Cancelled 12 tasks").First;
        await Expect(entry.Locator("summary").First).ToContainTextAsync("ids (12)");
        await entry.Locator("summary").First.ClickAsync();

        foreach (var id in ids)
        {
            await Expect(entry.Locator("ob-json")).ToContainTextAsync(id.ToString());
        }

        var read = visit.Page.WaitForResponseAsync("**/audit?*");
        await visit.Button("Refresh").ClickAsync();
        await read;
        await Expect(visit.Button("Refresh")).Not.ToHaveAttributeAsync("aria-disabled", "true");
        foreach (var id in ids)
        {
            await Expect(entry.Locator("ob-json")).ToContainTextAsync(id.ToString());
        }
    }

    [Fact]
    public async Task Older_entries_are_one_click_away()
    {
        for (var i = 0; i < 30; i++)
        {
            await Seed.ScheduleAsync(_name, $"{i} 2 1 1 *");
            await Seed.PostAsync($"/schedules/{_name}/pause");
        }

        var visit = await VisitAsync($"audit?target={_name}");
        await Expect(visit.Page.GetByRole(AriaRole.Row)).ToHaveCountAsync(51);
        await visit.Button("Older").ClickAsync();

        await Expect(visit.Page.GetByRole(AriaRole.Row)).ToHaveCountAsync(61);
        await Expect(visit.Button("Older")).ToHaveCountAsync(0);
    }
}

public sealed class AuditPageOnSqlite(Chromium chromium, SharedHosts hosts) : AuditPageTests(chromium, hosts, Store.Sqlite);

public sealed class AuditPageOnPostgres(Chromium chromium, SharedHosts hosts) : AuditPageTests(chromium, hosts, Store.Postgres);
