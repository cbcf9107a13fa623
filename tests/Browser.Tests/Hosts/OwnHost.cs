namespace Messaging.Browser.Tests.Hosts;

/// <summary>A system for the tests of one class alone, which run one after the other: the first of them starts it.</summary>
public sealed class OwnHost : IAsyncLifetime
{
    private Task<DashboardHost>? _host;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public Task<DashboardHost> GetAsync(Store store) => _host ??= SharedHosts.StartAsync(store);

    public async ValueTask DisposeAsync()
    {
        if (_host is { IsCompletedSuccessfully: true })
        {
            await (await _host).DisposeAsync();
        }
    }
}
