using Messaging.Browser.Tests.Browsing;
using Messaging.Browser.Tests.Hosts;

namespace Messaging.Browser.Tests.Pages;

/// <summary>What the list of keys says is what they do. A page is the same on both stores.</summary>
public sealed class KeyboardTests(Chromium chromium, SharedHosts hosts) : DashboardTests(chromium, hosts, Store.Sqlite)
{
    [Fact]
    public async Task The_list_of_keys_opens_and_gives_the_focus_back()
    {
        var visit = await VisitAsync("queues");
        await visit.Link("Workers").FocusAsync();

        await visit.Page.Keyboard.PressAsync("?");
        await Expect(visit.Dialog).ToContainTextAsync("To the search or the filter of the page");
        await visit.Page.Keyboard.PressAsync("Escape");

        await Expect(visit.Dialog).ToBeHiddenAsync();
        await Expect(visit.Link("Workers")).ToBeFocusedAsync();
    }

    [Fact]
    public async Task Rows_are_gone_through_and_opened()
    {
        var visit = await VisitAsync("queues");
        var names = visit.Main.Locator("tbody th a");
        await Expect(names.Nth(2)).ToBeVisibleAsync();

        await visit.Page.Keyboard.PressAsync("j");
        await Expect(names.Nth(0)).ToBeFocusedAsync();
        await visit.Page.Keyboard.PressAsync("k");
        await Expect(names.Nth(0)).ToBeFocusedAsync();
        await visit.Page.Keyboard.PressAsync("j");
        await visit.Page.Keyboard.PressAsync("ArrowDown");
        await Expect(names.Nth(2)).ToBeFocusedAsync();
        await visit.Page.Keyboard.PressAsync("ArrowUp");
        await visit.Page.Keyboard.PressAsync("k");
        var name = await names.Nth(0).TextContentAsync();
        await visit.Page.Keyboard.PressAsync("Enter");

        await Expect(visit.Heading(name!)).ToBeFocusedAsync();
    }

    [Fact]
    public async Task A_row_is_selected_by_a_key()
    {
        var kind = $"OfATest{Guid.NewGuid():N}";
        await Seed.DelayedAsync(kind);
        var visit = await VisitAsync($"tasks?kind={kind}");
        var box = visit.Row(kind).GetByRole(AriaRole.Checkbox);
        await Expect(box).ToBeVisibleAsync();

        await visit.Page.Keyboard.PressAsync("j");
        await visit.Page.Keyboard.PressAsync("x");
        await Expect(box).ToBeCheckedAsync();
        await visit.Page.Keyboard.PressAsync("x");

        await Expect(box).Not.ToBeCheckedAsync();
    }

    [Fact]
    public async Task Arrows_leave_what_else_is_in_a_row_alone()
    {
        var kind = $"OfATest{Guid.NewGuid():N}";
        await Seed.DelayedAsync(kind);
        var visit = await VisitAsync($"tasks?kind={kind}");
        var queue = visit.Row(kind).GetByRole(AriaRole.Link, new() { Name = "log-requested" });
        await queue.FocusAsync();

        await visit.Page.Keyboard.PressAsync("ArrowDown");

        await Expect(queue).ToBeFocusedAsync();
    }

    [Fact]
    public async Task Each_page_has_its_keys()
    {
        var visit = await VisitAsync("workers");
        await Expect(visit.Heading("Workers")).ToBeVisibleAsync();
        await visit.Page.Keyboard.PressAsync("?");
        await Expect(visit.Dialog.Locator("dt").Filter(new() { HasText = "g " })).ToHaveCountAsync(7);
        var keys = await visit.Dialog.Locator("dt").Filter(new() { HasText = "g " }).AllTextContentsAsync();
        var titles = await visit.Dialog.Locator("dt").Filter(new() { HasText = "g " }).Locator("xpath=following-sibling::dd[1]").AllTextContentsAsync();
        await visit.Page.Keyboard.PressAsync("Escape");

        foreach (var (key, title) in keys.Zip(titles))
        {
            await visit.Page.Keyboard.PressAsync("g");
            await visit.Page.Keyboard.PressAsync(key.Trim()[^1..]);
            await Expect(visit.Heading(title)).ToBeFocusedAsync();
        }
    }

    [Theory]
    [InlineData("queues")]
    [InlineData("workers")]
    [InlineData("tasks")]
    public async Task A_slash_goes_to_the_search(string page)
    {
        var visit = await VisitAsync(page);
        var search = visit.Main.Locator("[type=search], [data-filter]").First;
        await Expect(search).ToBeVisibleAsync();

        await visit.Page.Keyboard.PressAsync("/");

        await Expect(search).ToBeFocusedAsync();
        await visit.Page.Keyboard.PressAsync("?"); // which is text in a field
        await Expect(visit.Dialog).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Keys_of_one_character_can_be_switched_off()
    {
        var visit = await VisitAsync("queues");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Session: ann" }).ClickAsync();
        await visit.Page.GetByRole(AriaRole.Menuitemcheckbox).ClickAsync();

        await visit.Page.Keyboard.PressAsync("?");
        await Expect(visit.Dialog).ToHaveCountAsync(0);

        await visit.ChooseAsync(visit.Page.GetByRole(AriaRole.Button, new() { Name = "Session: ann" }), "Keyboard …");
        await Expect(visit.Dialog).ToContainTextAsync("are switched off");
    }
}
