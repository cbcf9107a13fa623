using Messaging.Browser.Tests.Browsing;
using Messaging.Browser.Tests.Hosts;

namespace Messaging.Browser.Tests.Elements;

/// <summary>The table.</summary>
public sealed class ObTableTests(Chromium chromium, SharedHosts hosts, ModuleProfile profile) : ModuleTests(chromium, hosts, profile)
{
    private const string Columns = "[{ key: 'name', title: 'Name', isHead: true, sort: row => row.name }, { key: 'n', title: 'Count', align: 'end', sort: row => row.n }]";

    private ILocator Names => Drawn.Locator("tbody th");

    [Fact]
    public async Task Rows_stay_where_they_are_when_their_figures_change()
    {
        await TableAsync("sorted: { key: 'n', isDescending: true }", "{ name: 'a', n: 1 }, { name: 'b', n: 9 }");
        await Expect(Names).ToHaveTextAsync(["b", "a"]);

        await TableAsync("sorted: { key: 'n', isDescending: true }", "{ name: 'a', n: 20 }, { name: 'b', n: 9 }");
        await Expect(Drawn).ToContainTextAsync("20");
        await Expect(Names).ToHaveTextAsync(["b", "a"]);

        await TableAsync("sorted: { key: 'n', isDescending: true }", "{ name: 'a', n: 20 }, { name: 'b', n: 9 }, { name: 'c', n: 10 }");
        await Expect(Names).ToHaveTextAsync(["a", "c", "b"]);
    }

    [Fact]
    public async Task A_title_asks_for_its_order()
    {
        await TableAsync("sorted: { key: 'name' }, onsort: sorted => window.asked = sorted", "{ name: 'a', n: 1 }");

        await Drawn.GetByRole(AriaRole.Button, new() { Name = "Name" }).ClickAsync();

        Assert.Equal("""{"key":"name","isDescending":true}""", await RunAsync<string>("return JSON.stringify(asked);"));
        await Expect(Drawn.Locator("th[aria-sort]")).ToHaveTextAsync("Name");
    }

    [Fact]
    public async Task One_box_selects_all_that_are_shown()
    {
        await TableAsync("selected: new Set(['a']), onselect: set => window.chosen = [...set]", "{ name: 'a', n: 1 }, { name: 'b', n: 2 }");
        var all = Drawn.GetByLabel("Select all that are shown");
        Assert.True(await all.EvaluateAsync<bool>("box => box.indeterminate"));

        await all.ClickAsync();

        Assert.Equal(["a", "b"], await RunAsync<string[]>("return chosen;"));
    }

    [Fact]
    public async Task A_box_is_named_by_what_stands_in_its_row()
    {
        await DrawAsync("ob-table", $"{{ caption: 'Rows', rowKey: row => row.n, columns: {Columns}, selected: new Set(), onselect: set => window.chosen = [...set], rows: [{{ name: 'Alpha', n: 7 }}] }}");

        await Drawn.GetByLabel("Select Alpha").ClickAsync();

        Assert.Equal("7", await RunAsync<string>("return chosen.join();"));
    }

    [Fact]
    public async Task An_error_stands_beside_what_was_there_before()
    {
        const string error = "error: { title: 'Broken', detail: 'It is broken.' }, empty: { heading: 'None yet' }";
        await TableAsync(error, "{ name: 'a', n: 1 }");
        await Expect(Names).ToHaveTextAsync(["a"]);
        await Expect(Drawn.GetByRole(AriaRole.Alert)).ToContainTextAsync("It is broken.");

        await TableAsync(error, "");
        await Expect(Drawn).ToContainTextAsync("None yet");
        await Expect(Drawn.GetByRole(AriaRole.Alert)).ToContainTextAsync("It is broken.");
    }

    [Fact]
    public async Task A_row_leads_to_its_page_but_its_buttons_do_not()
    {
        await RunAsync("window.isPressed = false;");
        await DrawAsync("ob-table", "{ columns: [{ key: 'name', title: 'Name' }, { key: 'act', title: 'Act', cell: () => h('button', { onclick: () => isPressed = true }, 'Press') }], rows: [{ id: 1, name: 'a' }], href: () => '/dashboard/queues' }");

        await Drawn.GetByText("Press").ClickAsync();
        Assert.True(await RunAsync<bool>("return isPressed;"));
        await Expect(Visit.Heading("Workers")).ToBeVisibleAsync();

        await Drawn.GetByText("a", new() { Exact = true }).ClickAsync();
        await Expect(Visit.Heading("Queues")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task It_says_when_it_loads_has_nothing_or_fails()
    {
        await DrawAsync("ob-table", $"{{ columns: {Columns}, rows: null, caption: 'Rows' }}");
        await Expect(Drawn.Locator("table")).ToHaveAttributeAsync("aria-busy", "true");

        await DrawAsync("ob-table", $"{{ columns: {Columns}, rows: [], empty: {{ heading: 'None yet', text: 'Make one.' }} }}");
        await Expect(Drawn).ToContainTextAsync("None yet");

        await DrawAsync("ob-table", $"{{ columns: {Columns}, rows: null, error: {{ title: 'Broken', detail: 'It is broken.' }}, onretry: () => window.isRetried = true }}");
        await Expect(Drawn.GetByRole(AriaRole.Alert)).ToContainTextAsync("It is broken.");
        await Drawn.GetByText("Try again").ClickAsync();
        Assert.True(await RunAsync<bool>("return isRetried;"));
    }

    [Fact]
    public async Task Of_many_rows_the_rest_is_drawn_when_asked_for()
    {
        await TableAsync("most: 3", "...Array.from({ length: 8 }, (_, n) => ({ name: `row ${n}`, n }))");
        await Expect(Names).ToHaveCountAsync(3);

        await Drawn.GetByText("Show all 8").ClickAsync();

        await Expect(Names).ToHaveCountAsync(8);
    }

    private Task TableAsync(string properties, string rows) => DrawAsync("ob-table", $"{{ caption: 'Rows', rowKey: row => row.name, columns: {Columns}, {properties}, rows: [{rows}] }}");
}
