using Messaging.Browser.Tests.Browsing;
using Messaging.Browser.Tests.Elements;
using Messaging.Browser.Tests.Hosts;

[assembly: AssemblyFixture(typeof(ModuleProfile))]

namespace Messaging.Browser.Tests.Elements;

/// <summary>The browser profile of all tests of modules: signed in once, and each file is read once.</summary>
public sealed class ModuleProfile : IAsyncLifetime
{
    private readonly SemaphoreSlim _once = new(1, 1);
    private IBrowserContext? _context;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <summary>The profile, which the first test makes.</summary>
    public async Task<IBrowserContext> ContextAsync(IBrowser browser, DashboardHost host)
    {
        await _once.WaitAsync();
        try
        {
            if (_context is null)
            {
                var context = await Visit.ContextAsync(browser, host.Address);
                await Visit.SignInAsync(context, Keys.Ann);
                _context = context;
            }

            return _context;
        }
        finally
        {
            _once.Release();
        }
    }

    public ValueTask DisposeAsync()
    {
        _once.Dispose(); // the browser closes its profiles
        return ValueTask.CompletedTask;
    }
}
