using Messaging.EndToEnd.Tests;

namespace Messaging.Browser.Tests.Hosts;

/// <summary>An API and a worker over the real PostgreSQL and RabbitMQ. Without them its tests are skipped.</summary>
internal sealed class RealHost : DashboardHost
{
    private readonly string _address = $"http://127.0.0.1:{AppProcess.FreePort()}";
    private readonly RealSystem _system;

    private RealHost(RealSystem system) => _system = system;

    public override Uri Address => new(_address);

    public static async Task<RealHost> StartAsync(params IEnumerable<(string Name, string Value)> settings)
    {
        var host = new RealHost(await RealSystem.CreateAsync([.. Shared, .. Keys.Settings, .. settings]));
        try
        {
            host.Connect();
            var worker = host._system.StartWorker();
            await host.StartServerAsync();
            await worker.ReadyAsync();
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs a statement in its database.</summary>
    public Task ExecuteAsync(string sql) => _system.ExecuteAsync(sql);

    public override Task KillWorkerAsync() => _system.Worker.KillAsync();

    public override Task KillServerAsync() => _system.Api.KillAsync();

    public override Task StartServerAsync() => _system.StartApi([(AppProcess.Address, _address)]).ReadyAsync();

    public override Task AddQueueAsync(string name, string type) =>
        _system.ExecuteAsync($"INSERT INTO messaging.queues (name, message_types, updated_at) VALUES ('{name}', '[\"{type}\"]', now())");

    public override async ValueTask DisposeAsync()
    {
        await _system.DisposeAsync();
        await base.DisposeAsync();
    }
}
