using Messaging.Browser.Tests.Browsing;
using Messaging.Browser.Tests.Hosts;

namespace Messaging.Browser.Tests;

/// <summary>
/// Tests of the dashboard in a real browser, on one of the two stores. Whatever a test looks at, its pages must cause no error, no report of the
/// content security policy and no request to anywhere else.
/// </summary>
public abstract class DashboardTests(Chromium chromium, SharedHosts hosts, Store store) : IAsyncLifetime
{
    private readonly List<Visit> _visits = [];
    private IBrowser _browser = null!;

    /// <summary>The store of that system.</summary>
    protected Store Store => store;

    /// <summary>The system whose dashboard is looked at.</summary>
    protected DashboardHost Host { get; private set; } = null!; // null where the test is skipped

    private protected Seed Seed { get; private set; } = null!;

    public virtual async ValueTask InitializeAsync()
    {
        _browser = await chromium.BrowserAsync();
        Host = await HostAsync(store);
        Seed = new Seed(Host.Client);
    }

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        var hasFailed = TestContext.Current.TestState?.Result == TestResult.Failed;
        foreach (var visit in _visits)
        {
            if (hasFailed || visit.Troubles.Count > 0)
            {
                await ShowAsync(visit);
            }

            await visit.CloseAsync();
        }

        if (Host is not null)
        {
            await LeaveAsync(Host);
        }

        Assert.Empty(_visits.SelectMany(v => v.Troubles));
    }

    /// <summary>The shared one. A test that kills or counts overrides this, and <see cref="LeaveAsync"/>.</summary>
    private protected virtual Task<DashboardHost> HostAsync(Store ofStore) => hosts.GetAsync(ofStore);

    private protected virtual Task LeaveAsync(DashboardHost host) => Task.CompletedTask;

    /// <summary>Opens a page of the dashboard, signed in; an address as <c>queues/mail</c>.</summary>
    private protected async Task<Visit> VisitAsync(string page = "", string? key = Keys.Ann, BrowserNewContextOptions? options = null)
    {
        var visit = await Visit.StartAsync(_browser, Host.Address, options);
        _visits.Add(visit);
        if (key is not null)
        {
            await visit.SignInAsync(key);
        }

        await visit.GoAsync(page);
        return visit;
    }

    /// <summary>Opens a page of the dashboard in a profile that other tests use too.</summary>
    private protected async Task<Visit> VisitInAsync(Func<IBrowser, DashboardHost, Task<IBrowserContext>> profile, string page)
    {
        var visit = await Visit.ShareAsync(await profile(_browser, Host), Host.Address);
        _visits.Add(visit);
        await visit.GoAsync(page);
        return visit;
    }

    /// <summary>Opens a page that is not one of the dashboard's, as somebody without a key.</summary>
    private protected async Task<Visit> VisitPageAsync(string path)
    {
        var visit = await Visit.StartAsync(_browser, Host.Address);
        _visits.Add(visit);
        await visit.Page.GotoAsync(path);
        return visit;
    }

    /// <summary>What the page looked like when its test failed, for whoever reads the log.</summary>
    private static async Task ShowAsync(Visit visit)
    {
        var file = Path.Combine(Path.GetTempPath(), $"browser-{Guid.NewGuid():N}.png");
        await visit.Page.ScreenshotAsync(new PageScreenshotOptions { Path = file, FullPage = true });
        TestContext.Current.SendDiagnosticMessage("{0}", file);
        TestContext.Current.TestOutputHelper?.WriteLine($"{visit.Page.Url}: {file}\n{string.Join('\n', visit.Troubles)}\n{await visit.Page.Locator("body").AriaSnapshotAsync()}");
    }
}
