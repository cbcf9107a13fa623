using Messaging.EndToEnd.Tests;
using Messaging.Processes;

namespace Messaging.Browser.Tests.Hosts;

/// <summary>Standalone: SQLite and the in-memory bus in one process.</summary>
internal sealed class StandaloneHost : DashboardHost
{
    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, string> _environment;
    private AppProcess _process = null!;

    private StandaloneHost(IEnumerable<(string Name, string Value)> settings)
    {
        _environment = new Dictionary<string, string>(WideLimits.Environment)
        {
            ["Standalone__DataFolder"] = _folder.Path,
            [AppProcess.Address] = $"http://127.0.0.1:{AppProcess.FreePort()}",
        };
        foreach (var (name, value) in Shared.Concat(Keys.Setting(0, "tests", "operate", "msg_nobody-has-this-one-0123456789-0123456789")).Concat(Keys.Settings).Concat(settings))
        {
            _environment[name] = value;
        }
    }

    public override Uri Address => new(_environment[AppProcess.Address]);

    public static async Task<StandaloneHost> StartAsync(params IEnumerable<(string Name, string Value)> settings)
    {
        var host = new StandaloneHost(settings);
        host.Connect();
        await host.StartServerAsync();
        return host;
    }

    public override Task KillWorkerAsync() => KillServerAsync();

    public override async Task KillServerAsync()
    {
        await _process.KillAsync();
        await _process.DisposeAsync();
    }

    public override async Task StartServerAsync()
    {
        _process = AppProcess.Start("Standalone", _environment);
        await _process.ReadyAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _folder.Dispose();
        await base.DisposeAsync();
    }
}
