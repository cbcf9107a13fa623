[assembly: AssemblyFixture(typeof(Messaging.Browser.Tests.Hosts.SharedHosts))]

namespace Messaging.Browser.Tests.Hosts;

/// <summary>
/// One system of each store for all tests that can share it: the first test that needs it starts it. A test acts only on what is its own. One
/// that kills something, or counts everything, has a system of its own.
/// </summary>
public sealed class SharedHosts : IAsyncLifetime
{
    private readonly Lazy<Task<DashboardHost>>[] _hosts = [.. Enum.GetValues<Store>().Select(store => new Lazy<Task<DashboardHost>>(() => StartAsync(store)))];

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <summary>The system of all tests.</summary>
    public async Task<DashboardHost> GetAsync(Store store)
    {
        if (store == Store.Postgres)
        {
            _ = (Servers.Postgres, Servers.RabbitMq); // each of its tests is skipped by itself
        }

        return await _hosts[(int)store].Value;
    }

    /// <summary>One of the test's own.</summary>
    public static async Task<DashboardHost> StartAsync(Store store, params (string Name, string Value)[] settings) =>
        store == Store.Postgres ? await RealHost.StartAsync(settings) : await StandaloneHost.StartAsync(settings);

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts.Where(h => h.IsValueCreated && h.Value.IsCompletedSuccessfully))
        {
            await (await host.Value).DisposeAsync();
        }
    }

    private static Task<DashboardHost> StartAsync(Store store) => StartAsync(store, []);
}
