using Messaging.Browser.Tests.Browsing;
using Messaging.Browser.Tests.Hosts;

namespace Messaging.Browser.Tests.Elements;

/// <summary>A list that is kept up to date without moving what somebody reads.</summary>
public sealed class LiveListTests(Chromium chromium, SharedHosts hosts, ModuleProfile profile) : ModuleTests(chromium, hosts, profile)
{
    private protected override bool NeedsFrame => false;

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
    public async Task What_waited_and_no_longer_matches_is_forgotten() => Assert.Equal("4 3 | ", await ListAsync(
        "await list.read(); mayInsert = false; list.put({ id: '5' }, true); await long(); await list.read();", "[page(['4', '3']), page(['4', '3'])]"));

    [Fact]
    public async Task What_waited_is_read_when_it_is_shown() => Assert.Equal("4 3 | ", await ListAsync(
        "await list.read(); mayInsert = false; list.put({ id: '5' }, true); await long(); mayInsert = true; list.showFresh(); await later();",
        "[page(['4', '3']), page(['4', '3'])]"));

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

    [Fact]
    public async Task What_an_event_says_no_longer_matches_leaves_in_a_moment() => Assert.Equal("4 3 | ; 4 | ", await ListAsync(
        "await list.read(); list.put({ id: '3' }, false); const first = shown(); await later(); return `${first}; ${shown()}`;", "[page(['4', '3'])]"));

    [Fact]
    public async Task What_no_longer_matches_stays_until_the_list_may_move() => Assert.Equal("4 3 | ; 4 | ", await ListAsync(
        "await list.read(); mayInsert = false; list.put({ id: '3' }, false); await later(); const first = shown(); mayInsert = true; await later(); return `${first}; ${shown()}`;",
        "[page(['4', '3'])]"));

    [Fact]
    public async Task What_a_reading_misses_leaves_when_the_list_may_move() => Assert.Equal("4 3 2 | ; true; 4 2 | ", await ListAsync(
        "await list.read(); mayInsert = false; await list.read(); const [first, left] = [shown(), list.left.has('3')]; mayInsert = true; await later(); return `${first}; ${left}; ${shown()}`;",
        "[page(['4', '3', '2']), page(['4', '2'])]"));

    [Fact]
    public async Task What_matches_again_stays() => Assert.Equal("4 3 | ", await ListAsync(
        "await list.read(); list.put({ id: '3' }, false); list.put({ id: '3' }, true); await later();", "[page(['4', '3'])]"));

    [Fact]
    public async Task What_only_the_server_can_tell_stays_until_it_does() => Assert.Equal("4 3 | ", await ListAsync(
        "await list.read(); list.put({ id: '3' }, null); await later();", "[page(['4', '3'])]"));

    [Fact]
    public async Task A_page_that_does_not_meet_what_is_shown_takes_its_place() => Assert.Equal("9 8 | ", await ListAsync(
        "await list.read(); await list.read();", "[page(['4', '3'], '3'), page(['9', '8'], '8')]"));

    [Fact]
    public async Task Where_rows_are_missing_the_list_is_read_anew_when_somebody_asks() => Assert.Equal("4 3 | 9 8; 9 8 7 | ", await ListAsync(
        "await list.read(); mayInsert = false; await list.read(); const first = shown(); mayInsert = true; list.showFresh(); await later(); return `${first}; ${shown()}`;",
        "[page(['4', '3'], '3'), page(['9', '8'], '8'), page(['9', '8', '7'], '7')]"));

    [Fact]
    public async Task After_lost_events_all_that_is_shown_is_read_again() => Assert.Equal("8 7 6 4 3 | ", await ListAsync(
        "await list.read(); await list.older(new AbortController().signal); list.rereadSoon(0); await later();",
        "[page(['6', '5'], '5'), page(['4', '3'], '3'), page(['8', '7'], '7'), page(['6'], '5'), page(['4', '3'], '3')]"));

    [Fact]
    public async Task An_event_during_a_reading_is_not_undone_by_it() => Assert.Equal("5! 4! 3 | ", await ListAsync(
        "await list.read(); const reading = list.read(); list.put({ id: '4', isNew: true }, true); list.put({ id: '5', isNew: true }, true); await reading;",
        "[page(['4', '3']), page(['4', '3'])]"));

    [Fact]
    public async Task An_event_before_the_first_page_is_not_lost() => Assert.Equal("5! 4! 3 | ", await ListAsync(
        "const reading = list.read(); list.put({ id: '4', isNew: true }, true); list.put({ id: '5', isNew: true }, true); await reading;", "[page(['4', '3'])]"));

    [Fact]
    public async Task A_late_answer_does_not_undo_a_newer_one() => Assert.Equal("5 4 | ", await ListAsync(
        "let answer; pages[0] = new Promise(resolve => answer = resolve); const slow = list.read(); await list.read(); answer(page(['4'])); await slow;",
        "[null, page(['5', '4'])]"));

    [Fact]
    public async Task Nothing_older_is_offered_while_it_is_read_anew() => Assert.Equal("null; 4 3 | ", await ListAsync(
        "await list.read(); const reading = list.restart(); const next = list.next; await reading; return `${next}; ${shown()}`;",
        "[page(['4', '3'], '3'), page(['4', '3'], '3')]"));

    /// <summary>What is shown, and what waits, after a script with <c>list</c>, whose pages are given.</summary>
    private Task<string> ListAsync(string script, string pages) => RunAsync<string>(
        $$"""
        const { LiveList } = await import('/dashboard/lib/live-list.js');
        const page = (ids, next = null) => ({ items: ids.map(id => ({ id })), next, searchedTo: null });
        const pages = {{pages}};
        let mayInsert = true;
        const list = new LiveList({ load: async () => pages.shift(), signal: new AbortController().signal, onchange: () => { }, mayInsert: () => mayInsert, linger: 20 });
        const shown = () => `${list.items.map(item => item.id + (item.isNew ? '!' : '')).join(' ')} | ${[...list.fresh.keys()].join(' ')}`;
        const long = () => new Promise(resolve => setTimeout(resolve, 1600)); // than an answer may be old
        const later = () => new Promise(resolve => setTimeout(resolve, 100));
        {{script}}
        return shown();
        """);
}
