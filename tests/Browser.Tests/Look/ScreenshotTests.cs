using Messaging.Browser.Tests.Browsing;
using Messaging.Browser.Tests.Hosts;

namespace Messaging.Browser.Tests.Look;

/// <summary>
/// The pictures of the documentation, <c>docs/images/dashboard</c>: each page wide and light, and narrow and dark. They are written only with
/// <c>TEST_SCREENSHOTS=1</c>: times and ids differ with each run.
/// </summary>
public sealed class ScreenshotTests(Chromium chromium, SharedHosts hosts) : DashboardTests(chromium, hosts, Store.Postgres)
{
    private const int MaxBytes = 200 * 1024;

    public override ValueTask InitializeAsync()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("TEST_SCREENSHOTS") == "1", "TEST_SCREENSHOTS=1 writes the pictures of the documentation.");
        return base.InitializeAsync();
    }

    private protected override Task<DashboardHost> HostAsync(Store ofStore) => SharedHosts.StartAsync(ofStore);

    private protected override async Task LeaveAsync(DashboardHost host) => await host.DisposeAsync();

    [Fact]
    public async Task Each_page_has_a_small_picture()
    {
        var folder = Directory.CreateDirectory(Path.Combine(Chromium.Metadata("Repository"), "docs", "images", "dashboard")).FullName;
        await ((RealHost)Host).ExecuteAsync(PastWeek.Sql);
        await BusyAsync();
        var sights = await Sights.PrepareAsync(Seed);
        foreach (var (look, scheme, width, height) in new[] { ("wide", ColorScheme.Light, 1280, 840), ("narrow", ColorScheme.Dark, 390, 844) })
        {
            var visit = await VisitAsync(options: new() { ColorScheme = scheme, ViewportSize = new() { Width = width, Height = height } });
            foreach (var (name, address, drawn) in sights)
            {
                await visit.GoAsync(address);
                await Expect(visit.Page.Locator(drawn).First).ToBeVisibleAsync();
                await Expect(visit.Page.Locator(".bone")).ToHaveCountAsync(0);
                await Expect(visit.Page.Locator(".live.is-live")).ToBeVisibleAsync();
                var file = Path.Combine(folder, $"{name}-{look}.png");
                await visit.Page.ScreenshotAsync(new PageScreenshotOptions { Path = file, Animations = ScreenshotAnimations.Disabled });
                Assert.InRange(new FileInfo(file).Length, 1, MaxBytes);
            }
        }
    }

    /// <summary>Something to see in the figures and the charts.</summary>
    private async Task BusyAsync()
    {
        for (var user = 0; user < 120; user++)
        {
            await Seed.PostAsync($"/log?message=entry{user}");
            await Seed.PostAsync($"/register?email=user{user}@example.org");
        }

        await Seed.PauseAsync("password-forgotten");
        var i = 0;
        await Eventually.True( // a pause holds after a moment; what came before it is executed
            async () =>
            {
                await Seed.PostAsync($"/password/forgot?email=user{i++ % 120}@example.org");
                return (await Seed.GetAsync("/queues/password-forgotten")).GetProperty("depth").GetInt64() > 8;
            },
            "messages wait");
    }
}
