using Messaging.Browser.Tests.Browsing;
using Messaging.Browser.Tests.Hosts;

namespace Messaging.Browser.Tests.Elements;

/// <summary>A page that is drawn each second must leave alone what somebody reads, types and opens.</summary>
public sealed class MorphTests(Chromium chromium, SharedHosts hosts, ModuleProfile profile) : ModuleTests(chromium, hosts, profile)
{
    private protected override bool NeedsFrame => false;

    [Fact]
    public async Task A_row_keeps_its_focus_and_text_while_others_come_and_go()
    {
        await RunAsync(
            """
            window.rows = (...keys) => render(root, h('ul', {}, keys.map(key => h('li', { key }, h('input', { value: key })))));
            rows('a', 'b', 'c');
            """);
        var input = Drawn.Locator("input").Nth(1);
        await input.FillAsync("typed");

        await RunAsync("rows('x', 'y', 'b');");

        await Expect(Drawn.Locator("input")).ToHaveCountAsync(3);
        await Expect(Drawn.Locator("input").Nth(2)).ToBeFocusedAsync();
        await Expect(Drawn.Locator("input").Nth(2)).ToHaveValueAsync("typed");
    }

    [Fact]
    public async Task A_row_that_moves_keeps_its_focus()
    {
        await RunAsync(
            """
            window.rows = (...keys) => render(root, h('ul', {}, keys.map(key => h('li', { key }, h('button', {}, key)))));
            rows('a', 'b', 'c');
            """);
        await Drawn.GetByText("c").FocusAsync();

        await RunAsync("rows('c', 'b', 'a');");

        await Expect(Drawn.Locator("button").First).ToBeFocusedAsync();
        await Expect(Drawn.Locator("button")).ToHaveTextAsync(["c", "b", "a"]);
    }

    [Fact]
    public async Task What_somebody_opened_or_closed_stays_so()
    {
        await RunAsync("window.draw = text => render(root, h('details', { open: true }, h('summary', {}, 'More'), text)); draw('one');");
        await Drawn.GetByText("More").ClickAsync();

        await RunAsync("draw('two');");

        await Expect(Drawn.Locator("details")).Not.ToHaveAttributeAsync("open", "");
        await Expect(Drawn).ToContainTextAsync("two");
    }

    [Fact]
    public async Task A_handler_is_replaced_and_removed()
    {
        await RunAsync("window.calls = []; window.draw = props => render(root, h('button', props, 'Press')); draw({ onclick: () => calls.push(1) });");
        await RunAsync("draw({ onclick: () => calls.push(2) });");
        await Drawn.GetByText("Press").ClickAsync();
        await RunAsync("draw({});");
        await Drawn.GetByText("Press").ClickAsync();

        Assert.Equal("2", await RunAsync<string>("return calls.join();"));
    }

    [Fact]
    public async Task A_node_of_the_page_stays_in_it_wherever_it_is_drawn()
    {
        await RunAsync("window.field = h('input', {}); window.draw = tag => render(root, h(tag, {}, h('p', {}, field))); draw('section');");
        await Drawn.Locator("input").FocusAsync();

        await RunAsync("draw('section');");
        await Expect(Drawn.Locator("section p input")).ToBeFocusedAsync();
        await RunAsync("draw('article');");

        Assert.True(await RunAsync<bool>("return root.querySelector('article p input') === field;"));
    }

    [Fact]
    public async Task Text_is_never_markup()
    {
        await RunAsync("render(root, h('p', { title: '\"><img src=x>' }, '<img src=x onerror=alert(1)>'));");

        await Expect(Drawn).ToHaveTextAsync("<img src=x onerror=alert(1)>");
        await Expect(Drawn.Locator("img")).ToHaveCountAsync(0);
    }
}
