using Messaging.Browser.Tests.Browsing;
using Messaging.Browser.Tests.Hosts;

namespace Messaging.Browser.Tests.Look;

/// <summary>What axe finds wrong for people who do not see well, or at all, or use no pointer. Nothing may be.</summary>
public abstract class AccessibilityTests(Chromium chromium, SharedHosts hosts, Store store) : DashboardTests(chromium, hosts, store)
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
            wrong.AddRange(await Axe.WrongInBothThemesAsync(visit, name));
            await visit.Page.SetViewportSizeAsync(390, 900); // where tables are cards, and the navigation is behind a button
            wrong.AddRange(await Axe.WrongAsync(visit, $"{name}, narrow"));
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
        Assert.Empty(await Axe.WrongInBothThemesAsync(visit, "sign-in"));
    }

    [Fact]
    public async Task Axe_finds_nothing_wrong_in_dialogs_and_menus()
    {
        var visit = await VisitAsync("schedules");
        await visit.Button("Add schedule …").ClickAsync();
        await Expect(visit.Dialog).ToBeVisibleAsync();
        Assert.Empty(await Axe.WrongInBothThemesAsync(visit, "dialog"));
        await visit.Page.Keyboard.PressAsync("Escape");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Session: ann" }).ClickAsync();
        await Expect(visit.Page.GetByRole(AriaRole.Menu)).ToBeVisibleAsync();
        Assert.Empty(await Axe.WrongInBothThemesAsync(visit, "menu"));
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
        var wrong = new List<string>(await Axe.WrongInBothThemesAsync(visit, "bulk"));

        await visit.GoAsync($"dead-letters/{letter}");
        await visit.Button("Redrive …").ClickAsync();
        await visit.Dialog.Locator("textarea").FillAsync("{ \"email\": \"mended@example.org\" }");
        await Expect(visit.Dialog.Locator("ob-diff")).ToContainTextAsync("mended@example.org");
        wrong.AddRange(await Axe.WrongInBothThemesAsync(visit, "redrive-edit"));
        await visit.Dialog.Locator("textarea").FillAsync("{ not json");
        await visit.Choice("Redrive").ClickAsync();
        await Expect(visit.Dialog.GetByRole(AriaRole.Alert)).ToBeVisibleAsync();
        wrong.AddRange(await Axe.WrongInBothThemesAsync(visit, "redrive-edit-error"));

        await visit.GoAsync("queues/log-requested");
        await visit.Button("Purge …").ClickAsync();
        await Expect(visit.Dialog).ToContainTextAsync("Purge log-requested?");
        wrong.AddRange(await Axe.WrongInBothThemesAsync(visit, "purge"));
        Assert.Empty(wrong);
    }
}

public sealed class AccessibilityOnSqlite(Chromium chromium, SharedHosts hosts) : AccessibilityTests(chromium, hosts, Store.Sqlite);

public sealed class AccessibilityOnPostgres(Chromium chromium, SharedHosts hosts) : AccessibilityTests(chromium, hosts, Store.Postgres);
