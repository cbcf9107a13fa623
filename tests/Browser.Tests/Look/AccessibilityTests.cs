using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Messaging.Browser.Tests.Browsing;
using Messaging.Browser.Tests.Hosts;

namespace Messaging.Browser.Tests.Look;

/// <summary>What axe finds wrong for people who do not see well, or at all, or use no pointer. Nothing may be. A page is the same on both stores.</summary>
public sealed class AccessibilityTests(Chromium chromium, SharedHosts hosts) : DashboardTests(chromium, hosts, Store.Sqlite)
{
    [Fact]
    public async Task Axe_finds_nothing_wrong_on_any_page()
    {
        var sights = await Sights.PrepareAsync(Seed);
        var visit = await VisitAsync();
        var wrong = new List<string>();
        foreach (var (name, address, drawn) in sights)
        {
            await visit.GoAsync(address);
            await Expect(visit.Page.Locator(drawn).First).ToBeVisibleAsync();
            wrong.AddRange(await WrongInBothThemesAsync(visit, name));
            await visit.Page.SetViewportSizeAsync(390, 900); // where tables are cards, and the navigation is behind a button
            wrong.AddRange(await WrongAsync(visit, $"{name}, narrow"));
            await visit.Page.SetViewportSizeAsync(1280, 900);
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
        await visit.Button("Add schedule …").ClickAsync();
        await Expect(visit.Dialog).ToBeVisibleAsync();
        Assert.Empty(await WrongAsync(visit, "dialog"));
        await visit.Page.Keyboard.PressAsync("Escape");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Session: ann" }).ClickAsync();
        await Expect(visit.Page.GetByRole(AriaRole.Menu)).ToBeVisibleAsync();
        Assert.Empty(await WrongAsync(visit, "menu"));
    }

    [Fact]
    public async Task Axe_finds_nothing_wrong_where_acts_are_confirmed()
    {
        var kind = $"OfATest{Guid.NewGuid():N}";
        await Seed.DelayedAsync(kind);
        var (_, letter) = await Seed.DeadLetterAsync();
        var visit = await VisitAsync($"tasks?kind={kind}");
        await visit.Row(kind).GetByRole(AriaRole.Checkbox).CheckAsync();
        await visit.Button("Cancel …").ClickAsync();
        await Expect(visit.Choice("Cancel 1 task")).ToBeVisibleAsync();
        var wrong = await WrongInBothThemesAsync(visit, "bulk");

        await visit.GoAsync($"dead-letters/{letter}");
        await visit.Button("Redrive …").ClickAsync();
        await visit.Dialog.Locator("textarea").FillAsync("{ \"email\": \"mended@example.org\" }");
        await Expect(visit.Dialog.Locator("ob-diff")).ToContainTextAsync("mended@example.org");
        wrong.AddRange(await WrongInBothThemesAsync(visit, "redrive-edit"));
        await visit.Dialog.Locator("textarea").FillAsync("{ not json");
        await visit.Choice("Redrive").ClickAsync();
        await Expect(visit.Dialog.GetByRole(AriaRole.Alert)).ToBeVisibleAsync();
        wrong.AddRange(await WrongInBothThemesAsync(visit, "redrive-edit-error"));

        await visit.GoAsync("queues/log-requested");
        await visit.Button("Purge …").ClickAsync();
        await Expect(visit.Dialog).ToContainTextAsync("Purge log-requested?");
        wrong.AddRange(await WrongInBothThemesAsync(visit, "purge"));
        Assert.Empty(wrong);
    }

    /// <summary>Everything in the light theme; in the dark one the same elements have other colours, and nothing else.</summary>
    private static async Task<List<string>> WrongInBothThemesAsync(Visit visit, string name)
    {
        var wrong = await WrongAsync(visit, name);
        await visit.Page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
        wrong.AddRange(await WrongAsync(visit, $"{name}, dark", new AxeRunOptions { RunOnly = new RunOnlyOptions { Type = "rule", Values = ["color-contrast"] } }));
        await visit.Page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light });
        return wrong;
    }

    private static async Task<List<string>> WrongAsync(Visit visit, string name, AxeRunOptions? options = null) =>
    [
        .. from violation in (await visit.Page.RunAxe(options)).Violations
           from node in violation.Nodes
           select $"{name}: {violation.Id} ({violation.Help}) at {node.Target}: {node.Html}",
    ];
}
