using Messaging.Browser.Tests.Browsing;
using Messaging.Browser.Tests.Hosts;

namespace Messaging.Browser.Tests.Elements;

/// <summary>Addresses of pages.</summary>
public sealed class RouterTests(Chromium chromium, SharedHosts hosts, ModuleProfile profile) : ModuleTests(chromium, hosts, profile)
{
    [Fact]
    public async Task An_address_names_any_queue_and_leads_back_to_it()
    {
        var found = await RunAsync<string[]>(
            """
            const { link, match } = await import('/dashboard/lib/router.js');
            const href = link('queue', { name: 'mail/é ?#%' }, { window: 'Day', none: null, empty: '' });
            const route = match(new URL(href, location.origin));
            return [route.page, route.params.name, JSON.stringify(route.query)];
            """);

        Assert.Equal(["queue", "mail/é ?#%", """{"window":"Day"}"""], found);
    }

    [Fact]
    public async Task Back_shows_the_page_before_and_its_heading_has_the_focus()
    {
        await Visit.Link("Queues").ClickAsync();
        await Expect(Visit.Heading("Queues")).ToBeFocusedAsync();

        await Page.GoBackAsync();

        await Expect(Visit.Heading("Workers")).ToBeFocusedAsync();
        await Expect(Page).ToHaveTitleAsync("Workers · Messaging.Standalone");
    }

    [Fact]
    public async Task An_unknown_address_is_named_and_leads_on()
    {
        await Visit.GoAsync("no-such-page");

        await Expect(Visit.Main).ToContainTextAsync("There is no page at this address.");
        await Visit.Link("Go to the overview").ClickAsync();
        await Expect(Visit.Heading("Overview")).ToBeVisibleAsync();
    }
}
