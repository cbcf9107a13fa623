using Messaging.Browser.Tests.Browsing;
using Messaging.Browser.Tests.Hosts;

namespace Messaging.Browser.Tests.Elements;

/// <summary>A list that is kept up to date without moving what somebody reads.</summary>
public sealed class LiveListTests(Chromium chromium, SharedHosts hosts, ModuleProfile profile) : ModuleTests(chromium, hosts, profile)
{
    [Fact]
    public async Task What_is_new_is_inserted_in_its_place() => Assert.Equal("5 4 3 | ", await ListAsync(
        "await list.read(); list.put({ id: '5' }, true);", "[page(['4', '3'])]"));

    [Fact]
    public async Task What_is_new_waits_while_the_list_must_not_move() => Assert.Equal("4 3 | 5", await ListAsync(
        "await list.read(); mayInsert = false; list.put({ id: '5' }, true); list.put({ id: '5' }, true);", "[page(['4', '3'])]"));

    [Fact]
    public async Task What_waited_is_shown_when_somebody_asks() => Assert.Equal("6 5 4 3 | ", await ListAsync(
        "await list.read(); mayInsert = false; list.put({ id: '5' }, true); list.put({ id: '6' }, true); list.showFresh();", "[page(['4', '3'])]"));

    [Fact]
    public async Task What_changed_stays_where_it_is() => Assert.Equal("4 3 | ", await ListAsync(
        "await list.read(); mayInsert = false; list.put({ id: '3', isChanged: true }, false);", "[page(['4', '3'])]"));

    [Fact]
    public async Task What_is_older_than_the_page_comes_with_its_own_page() => Assert.Equal("4 3 2 1 | ", await ListAsync(
        "await list.read(); list.put({ id: '1' }, true); await list.older(new AbortController().signal);", "[page(['4', '3'], '3'), page(['2', '1'])]"));

    [Fact]
    public async Task A_search_goes_on_over_pages_without_a_match() => Assert.Equal("4 1 | ", await ListAsync(
        "await list.read(); await list.older(new AbortController().signal);", "[page(['4'], '3'), page([], '2'), page(['1'])]"));

    [Fact]
    public async Task A_search_ends_when_it_is_stopped() => Assert.Equal("4 | ", await ListAsync(
        "await list.read(); const stop = new AbortController(); list.onchange = () => { if (pages.length === 1) stop.abort(); }; await list.older(stop.signal);",
        "[page(['4'], '3'), page([], '2'), page(['1'])]"));

    [Fact]
    public async Task What_no_longer_matches_leaves_with_the_next_reading() => Assert.Equal("4 2 | ", await ListAsync(
        "await list.read(); await list.read();", "[page(['4', '3', '2'], '2'), page(['4', '2'], '2')]"));

    /// <summary>What is shown, and what waits, after a script with <c>list</c>, whose pages are given.</summary>
    private Task<string> ListAsync(string script, string pages) => RunAsync<string>(
        $$"""
        const { LiveList } = await import('/dashboard/lib/live-list.js');
        const page = (ids, next = null) => ({ items: ids.map(id => ({ id })), next, searchedTo: null });
        const pages = {{pages}};
        let mayInsert = true;
        const list = new LiveList({ load: async () => pages.shift(), signal: new AbortController().signal, onchange: () => { }, mayInsert: () => mayInsert });
        {{script}}
        return `${list.items.map(item => item.id).join(' ')} | ${[...list.fresh.keys()].join(' ')}`;
        """);
}
