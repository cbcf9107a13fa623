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

    [Theory]
    [InlineData("queues/100%")]
    [InlineData("tasks/..%2Fqueues%2Fmail")]
    [InlineData("dead-letters/7")]
    [InlineData("dead-letter-groups/x%3Fy")]
    public async Task An_address_that_names_nothing_is_of_no_page(string path) => Assert.True(await RunAsync<bool>(
        $"return (await import('/dashboard/lib/router.js')).match(new URL('/dashboard/{path}', location.origin)) === null;"));

    [Fact]
    public async Task Every_audited_act_leads_to_the_page_of_its_target()
    {
        const string id = "01993c7e-0000-7000-8000-00000000abcd";
        var found = await RunAsync<string[]>(
            $$"""
            const { linkTo } = await import('/dashboard/lib/router.js');
            return [linkTo('task', '{{id}}'), linkTo('dead-letter', '{{id}}'), linkTo('dead-letter-group', '{{id}}'), linkTo('queue', 'mail'), linkTo('schedule', 'night')];
            """);

        Assert.Equal([$"/dashboard/tasks/{id}", $"/dashboard/dead-letters/{id}", $"/dashboard/dead-letter-groups/{id}", "/dashboard/queues/mail", "/dashboard/schedules/night"], found);
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
