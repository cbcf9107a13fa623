using Messaging.Browser.Tests.Browsing;
using Messaging.Browser.Tests.Hosts;

namespace Messaging.Browser.Tests.Look;

public sealed class NarrowTests(Chromium chromium, SharedHosts hosts) : DashboardTests(chromium, hosts, Store.Sqlite)
{
    [Fact]
    public async Task No_page_is_wider_than_its_window()
    {
        var sights = await Sights.PrepareAsync(Seed);
        var visit = await VisitAsync();
        var wide = new List<string>();
        foreach (var (name, address, drawn) in sights)
        {
            await visit.GoAsync(address);
            await Expect(visit.Page.Locator(drawn).First).ToBeVisibleAsync();
            foreach (var width in new[] { 360, 768, 1920 })
            {
                await visit.Page.SetViewportSizeAsync(width, 800);
                var excess = await visit.Page.EvaluateAsync<int>(
                    "() => new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(() => drawn(document.documentElement.scrollWidth - document.documentElement.clientWidth))))");
                if (excess > 0)
                {
                    wide.Add($"{name}: {excess} px at {width}");
                }
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
