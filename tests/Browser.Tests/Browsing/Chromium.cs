using System.Reflection;

[assembly: AssemblyFixture(typeof(Messaging.Browser.Tests.Browsing.Chromium))]

namespace Messaging.Browser.Tests.Browsing;

/// <summary>
/// Debian's chromium, started once for all tests; each has a context of its own in it, as a profile that nobody has used yet. Where there is
/// none, the tests are skipped, unless <c>TEST_REQUIRE_TOOLS=1</c> says that they have to run. <c>TEST_CHROMIUM</c> names another one.
/// </summary>
public sealed class Chromium : IAsyncLifetime
{
    private static readonly string[] Places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    private readonly SemaphoreSlim _once = new(1, 1);
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <summary>The browser, which the first test starts.</summary>
    public async Task<IBrowser> BrowserAsync()
    {
        var executable = Find();
        await _once.WaitAsync();
        try
        {
            return _browser ??= await StartAsync(executable);
        }
        finally
        {
            _once.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.CloseAsync();
        }

        _playwright?.Dispose();
        _once.Dispose();
    }

    internal static string Metadata(string key) =>
        typeof(Chromium).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(a => a.Key == key).Value!;

    private async Task<IBrowser> StartAsync(string executable)
    {
        Environment.SetEnvironmentVariable("PLAYWRIGHT_DRIVER_SEARCH_PATH", Metadata("PlaywrightFolder"));
        SetDefaultExpectTimeout(30_000);
        _playwright = await Playwright.CreateAsync();
        return await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = executable,
            Timeout = 120_000, // it starts while the systems of the first tests do
            ChromiumSandbox = !Environment.IsPrivilegedProcess, // chromium refuses to run as root with its sandbox
            Args = ["--disable-dev-shm-usage", "--force-color-profile=srgb", "--font-render-hinting=none"],
        });
    }

    private static string Find()
    {
        var named = Environment.GetEnvironmentVariable("TEST_CHROMIUM");
        if ((string.IsNullOrEmpty(named) ? Places : [named]).FirstOrDefault(File.Exists) is { } found)
        {
            return found;
        }

        const string Reason = "chromium is not at hand; `.ci/tools install` brings it, and TEST_CHROMIUM names another one.";
        Assert.False(Environment.GetEnvironmentVariable("TEST_REQUIRE_TOOLS") == "1", Reason);
        Assert.Skip(Reason);
        return "";
    }
}
