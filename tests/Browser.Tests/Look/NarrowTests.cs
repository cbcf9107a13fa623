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

    /// <summary>What is cut by an ellipsis and has no title, and what goes beyond its card where that does not scroll.</summary>
    private const string Cut =
        """
        () => [...document.querySelectorAll('main *')].filter(e => e.checkVisibility() && [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim())).flatMap(e => {
          for (let p = e; p && p.localName !== 'main'; p = p.parentElement) {
            const style = getComputedStyle(p);
            if (p !== e && /auto|scroll/.test(style.overflowX)) return [];
            if (style.position === 'absolute' && p.className.includes?.('visually-hidden')) return [];
            const isCut = style.overflowX === 'hidden' && (p.scrollWidth > p.clientWidth + 1 || (style.webkitLineClamp !== 'none' && p.scrollHeight > p.clientHeight + 1));
            if (isCut && p.localName === 'summary') return []; // it opens
            if (isCut && p.clientWidth > 0) return p.closest('[title]') || p.querySelector('[title]') ? [] : [`${p.localName}.${p.className}: ${p.textContent.slice(0, 60)}`];
            if (p.classList.contains('card') && e.getBoundingClientRect().right > p.getBoundingClientRect().right + 1) return [`beyond its card: ${e.textContent.slice(0, 60)}`];
          }
          return [];
        })
        """;

    [Fact]
    public async Task What_is_cut_has_its_whole_text_in_a_title()
    {
        var sights = await Sights.PrepareAsync(Seed);
        var visit = await VisitAsync();
        var cut = new List<string>();
        foreach (var (name, address, drawn) in sights.Where(sight => !sight.Name.StartsWith("dead-letter", StringComparison.Ordinal))) // whose example opens with its letter
        {
            await visit.GoAsync(address);
            await Expect(visit.Page.Locator(drawn).First).ToBeVisibleAsync();
            foreach (var width in new[] { 360, 1280 })
            {
                await visit.Page.SetViewportSizeAsync(width, 800);
                cut.AddRange((await visit.Page.EvaluateAsync<string[]>(Cut)).Select(text => $"{name} at {width}: {text}"));
            }
        }

        Assert.Empty(cut);
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
