using Messaging.Browser.Tests.Browsing;
using Messaging.Browser.Tests.Hosts;

namespace Messaging.Browser.Tests.Elements;

/// <summary>The graph of the tasks before and after a task.</summary>
public sealed class GraphTests(Chromium chromium, SharedHosts hosts, ModuleProfile profile) : ModuleTests(chromium, hosts, profile)
{
    // a → b, c → d → e, and a → e past two layers; f only before e.
    private const string Edges = "[['a', 'b'], ['a', 'c'], ['b', 'd'], ['c', 'd'], ['d', 'e'], ['a', 'e'], ['f', 'e']].map(([from, to]) => ({ from, to }))";
    private const string Nodes = "['a', 'b', 'c', 'd', 'e', 'f'].map(id => ({ id, kind: `Kind ${id}`, state: 'Waiting', queue: 'mail' }))";
    private const string Size = "{ along: 100, across: 40, gapAlong: 50, gapAcross: 20 }";

    [Fact]
    public async Task A_task_stands_after_all_that_come_before_it() =>
        Assert.Equal("a0 b1 c1 d2 e3 f2", await LayoutAsync("graph.nodes.map(node => node.id + node.layer).join(' ')"));

    [Fact]
    public async Task No_two_boxes_overlap() => Assert.Equal("0", await LayoutAsync(
        """
        String(graph.nodes.flatMap((a, i) => graph.nodes.slice(i + 1).filter(b => a.layer === b.layer && Math.abs(a.across - b.across) < 59.9)).length)
        """));

    [Fact]
    public async Task An_edge_past_layers_has_a_point_in_each() =>
        Assert.Equal("4", await LayoutAsync("String(graph.edges.find(edge => edge.from === 'a' && edge.to === 'e').points.length)"));

    [Fact]
    public async Task A_cycle_that_should_not_be_is_drawn_without_its_end() =>
        Assert.Equal("1", await LayoutAsync("String(layout([{ id: 'a' }, { id: 'b' }], [{ from: 'a', to: 'b' }, { from: 'b', to: 'a' }], size).edges.length)"));

    [Fact]
    public async Task Arrow_keys_go_along_the_edges_from_one_stop()
    {
        await DrawAsync("ob-graph", $"{{ nodes: {Nodes}, edges: {Edges}, current: 'd', href: node => `/dashboard/tasks/${{node.id}}` }}");
        await Expect(Drawn.Locator("a[tabindex='0']")).ToHaveCountAsync(1);
        await Drawn.Locator("a[data-id='d']").FocusAsync();

        await Page.Keyboard.PressAsync("ArrowRight");
        await Expect(Drawn.Locator("a[data-id='e']")).ToBeFocusedAsync();
        await Drawn.Locator("a[data-id='d']").FocusAsync();
        await Page.Keyboard.PressAsync("ArrowLeft");
        await Page.Keyboard.PressAsync("ArrowLeft");
        await Expect(Drawn.Locator("a[data-id='a']")).ToBeFocusedAsync();
    }

    [Fact]
    public async Task A_click_opens_the_task_without_loading_the_page_anew()
    {
        await DrawAsync("ob-graph", $"{{ nodes: {Nodes}, edges: {Edges}, current: 'd', href: node => '/dashboard/queues' }}");
        await RunAsync("window.isStillHere = true;");
        await Drawn.Locator("a[data-id='a']").ClickAsync();

        await Expect(Visit.Heading("Queues")).ToBeVisibleAsync();
        Assert.True(await RunAsync<bool>("return window.isStillHere === true;"));
    }

    private Task<string> LayoutAsync(string script) => RunAsync<string>(
        $"const {{ layout }} = await import('/dashboard/lib/layout.js'); const size = {Size}; const graph = layout({Nodes}, {Edges}, size); return {script};");
}
