using Messaging.Browser.Tests.Browsing;
using Messaging.Browser.Tests.Hosts;

namespace Messaging.Browser.Tests.Pages;

public abstract class OverviewPageTests(Chromium chromium, SharedHosts hosts, Store store) : DashboardTests(chromium, hosts, store)
{
    [Fact]
    public async Task Its_figures_are_those_of_the_api_and_lead_on()
    {
        await Seed.WaitingAsync();
        var visit = await VisitAsync();

        await Expect(Tile(visit, "Workers")).ToHaveTextAsync("1");
        await Expect(Tile(visit, "Balance")).ToHaveTextAsync("0");
        await Expect(Tile(visit, "Tasks accepted")).Not.ToBeEmptyAsync();
        var states = visit.Page.GetByRole(AriaRole.Navigation, new() { Name = "Tasks that have not ended, by state" });
        await Expect(states.GetByRole(AriaRole.Link)).ToHaveCountAsync(6);
        await states.GetByRole(AriaRole.Link).Filter(new() { HasText = "Waiting" }).ClickAsync();

        await Expect(visit.Heading("Tasks")).ToBeVisibleAsync();
        await Expect(visit.Page).ToHaveURLAsync($"{Host.Address}dashboard/tasks?state=Waiting");
    }

    [Fact]
    public async Task A_new_task_raises_the_number_of_its_state()
    {
        var visit = await VisitAsync();
        var number = visit.Page.GetByRole(AriaRole.Navigation, new() { Name = "Tasks that have not ended, by state" }).GetByRole(AriaRole.Link).Filter(new() { HasText = "Waiting" }).Locator(".number");
        await Expect(number).ToBeVisibleAsync();
        var before = await number.TextContentAsync();

        for (var i = 0; i < 3; i++) // more than another test takes away at the same moment
        {
            await Seed.WaitingAsync();
        }

        await Expect(number).Not.ToHaveTextAsync(before!);
    }

    [Fact]
    public async Task Its_charts_are_read_as_tables_and_by_keyboard()
    {
        await Seed.SucceededAsync();
        await Eventually.True(
            async () => (await Seed.GetAsync("/overview/history?window=Hour")).GetProperty("points").EnumerateArray().Any(p => p.GetProperty("succeeded").GetInt64() > 0),
            "the task is counted");
        var visit = await VisitAsync();
        var chart = visit.Page.GetByRole(AriaRole.Img, new() { Name = "Tasks a " });
        await Expect(chart.Locator("rect.bar.tone-accent").First).ToBeVisibleAsync();
        await chart.FocusAsync();
        await visit.Page.Keyboard.PressAsync("End");
        await Expect(visit.Main.Locator("ob-chart").First.Locator(".legend-item", new() { HasText = "Succeeded" }).Locator(".number")).ToBeVisibleAsync();

        await visit.Page.Keyboard.PressAsync("Escape");
        await visit.Main.GetByRole(AriaRole.Button, new() { Name = "Table", Exact = true }).First.ClickAsync();
        var table = visit.Main.GetByRole(AriaRole.Region, new() { Name = "Tasks a " });
        await Expect(table.GetByRole(AriaRole.Columnheader)).ToHaveTextAsync(["Time", "Succeeded", "Failed", "Cancelled", "Accepted"]);

        await visit.Button("Day").ClickAsync();
        await Expect(visit.Page).ToHaveURLAsync($"{Host.Address}dashboard/?window=Day");
        await visit.Page.ReloadAsync();
        await Expect(visit.Button("Day")).ToHaveAttributeAsync("aria-pressed", "true");
    }

    private static ILocator Tile(Visit visit, string name) =>
        visit.Page.Locator(".tile").Filter(new() { Has = visit.Page.GetByText(name, new() { Exact = true }) }).Locator(".tile-value");
}

public sealed class OverviewPageOnSqlite(Chromium chromium, SharedHosts hosts) : OverviewPageTests(chromium, hosts, Store.Sqlite);

public sealed class OverviewPageOnPostgres(Chromium chromium, SharedHosts hosts) : OverviewPageTests(chromium, hosts, Store.Postgres);
