using Messaging.Browser.Tests.Browsing;
using Messaging.Browser.Tests.Hosts;

namespace Messaging.Browser.Tests.Look;

public sealed class NarrowTests(Chromium chromium, SharedHosts hosts) : DashboardTests(chromium, hosts, Store.Sqlite)
{
    [Theory]
    [InlineData(360)]
    [InlineData(768)]
    [InlineData(1920)]
    public async Task No_page_is_wider_than_its_window(int width)
    {
        var sights = await Sights.PrepareAsync(Seed);
        var visit = await VisitAsync(options: new() { ViewportSize = new() { Width = width, Height = 800 } });
        var wide = new List<string>();
        foreach (var (name, address, drawn) in sights)
        {
            await visit.GoAsync(address);
            await Expect(visit.Page.Locator(drawn).First).ToBeVisibleAsync();
            var excess = await visit.Page.EvaluateAsync<int>("() => document.documentElement.scrollWidth - document.documentElement.clientWidth");
            if (excess > 0)
            {
                wide.Add($"{name}: {excess} px");
            }
        }

        Assert.Empty(wide);
    }

    [Fact]
    public async Task The_navigation_opens_from_a_button_on_a_phone()
    {
        var visit = await VisitAsync("queues", options: new() { ViewportSize = new() { Width = 390, Height = 844 } });
        await Expect(visit.Link("Schedules")).ToBeHiddenAsync();

        await visit.Button("Pages").ClickAsync();
        await visit.Link("Schedules").ClickAsync();

        await Expect(visit.Heading("Schedules")).ToBeVisibleAsync();
        await Expect(visit.Link("Queues")).ToBeHiddenAsync();
    }
}
