using Deque.AxeCore.Playwright;
using Messaging.Browser.Tests.Browsing;
using Messaging.Browser.Tests.Hosts;

namespace Messaging.Browser.Tests.Look;

/// <summary>What axe finds wrong for people who do not see well, or at all, or use no pointer. Nothing may be.</summary>
public abstract class AccessibilityTests(Chromium chromium, SharedHosts hosts, Store store) : DashboardTests(chromium, hosts, store)
{
    [Theory]
    [InlineData(ColorScheme.Light, 1280)]
    [InlineData(ColorScheme.Dark, 1280)]
    [InlineData(ColorScheme.Light, 390)]
    public async Task Axe_finds_nothing_wrong_on_any_page(ColorScheme scheme, int width)
    {
        var sights = await Sights.PrepareAsync(Seed);
        var visit = await VisitAsync(options: new() { ColorScheme = scheme, ViewportSize = new() { Width = width, Height = 900 } });
        var wrong = new List<string>();
        foreach (var (name, address, drawn) in sights)
        {
            await visit.GoAsync(address);
            await Expect(visit.Page.Locator(drawn).First).ToBeVisibleAsync();
            wrong.AddRange(await WrongAsync(visit, name));
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public async Task Axe_finds_nothing_wrong_on_the_sign_in_page()
    {
        var visit = await VisitAsync(key: null);
        visit.Allow("401 ");
        await Expect(visit.Heading("Sign in")).ToBeVisibleAsync();
        Assert.Empty(await WrongAsync(visit, "sign-in"));
    }

    [Fact]
    public async Task Axe_finds_nothing_wrong_in_dialogs_and_menus()
    {
        var visit = await VisitAsync("schedules");
        await visit.Button("Add schedule").ClickAsync();
        await Expect(visit.Dialog).ToBeVisibleAsync();
        Assert.Empty(await WrongAsync(visit, "dialog"));
        await visit.Page.Keyboard.PressAsync("Escape");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Session: ann" }).ClickAsync();
        await Expect(visit.Page.GetByRole(AriaRole.Menu)).ToBeVisibleAsync();
        Assert.Empty(await WrongAsync(visit, "menu"));
    }

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task Axe_finds_nothing_wrong_where_acts_are_confirmed(ColorScheme scheme)
    {
        var kind = $"OfATest{Guid.NewGuid():N}";
        await Seed.DelayedAsync(kind);
        var (_, letter) = await Seed.DeadLetterAsync();
        var visit = await VisitAsync($"tasks?kind={kind}", options: new() { ColorScheme = scheme });
        await visit.Row(kind).GetByRole(AriaRole.Checkbox).CheckAsync();
        await visit.Button("Cancel …").ClickAsync();
        await Expect(visit.Choice("Cancel 1 task")).ToBeVisibleAsync();
        var wrong = (await WrongAsync(visit, "bulk")).ToList();

        await visit.GoAsync($"dead-letters/{letter}");
        await visit.Button("Redrive …").ClickAsync();
        await visit.Dialog.Locator("textarea").FillAsync("{ \"email\": \"mended@example.org\" }");
        await Expect(visit.Dialog.Locator("ob-diff")).ToContainTextAsync("mended@example.org");
        wrong.AddRange(await WrongAsync(visit, "redrive-edit"));
        await visit.Dialog.Locator("textarea").FillAsync("{ not json");
        await visit.Choice("Redrive").ClickAsync();
        await Expect(visit.Dialog.GetByRole(AriaRole.Alert)).ToBeVisibleAsync();
        wrong.AddRange(await WrongAsync(visit, "redrive-edit-error"));

        await visit.GoAsync("queues/log-requested");
        await visit.Button("Purge").ClickAsync();
        await Expect(visit.Dialog).ToContainTextAsync("Purge log-requested?");
        wrong.AddRange(await WrongAsync(visit, "purge"));
        Assert.Empty(wrong);
    }

    private static async Task<IEnumerable<string>> WrongAsync(Visit visit, string name) =>
        from violation in (await visit.Page.RunAxe()).Violations
        from node in violation.Nodes
        select $"{name}: {violation.Id} ({violation.Help}) at {node.Target}: {node.Html}";
}

public sealed class AccessibilityOnSqlite(Chromium chromium, SharedHosts hosts) : AccessibilityTests(chromium, hosts, Store.Sqlite);

public sealed class AccessibilityOnPostgres(Chromium chromium, SharedHosts hosts) : AccessibilityTests(chromium, hosts, Store.Postgres);
