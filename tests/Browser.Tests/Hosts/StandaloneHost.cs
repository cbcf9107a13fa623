using Messaging.EndToEnd.Tests;
using Messaging.Processes;
using Microsoft.Data.Sqlite;

namespace Messaging.Browser.Tests.Hosts;

/// <summary>Standalone: SQLite and the in-memory bus in one process.</summary>
internal sealed class StandaloneHost : DashboardHost
{
    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, string> _environment;
    private AppProcess _process = null!;

    private StandaloneHost(params IEnumerable<(string Name, string Value)> settings)
    {
        _environment = new Dictionary<string, string>(WideLimits.Environment)
        {
            ["Standalone__DataFolder"] = _folder.Path,
            [AppProcess.Address] = $"http://127.0.0.1:{AppProcess.FreePort()}",
        };
        foreach (var (name, value) in Shared.Concat(settings))
        {
            _environment[name] = value;
        }
    }

    public override Uri Address => new(_environment[AppProcess.Address]);

    public static Task<StandaloneHost> StartAsync(params IEnumerable<(string Name, string Value)> settings) =>
        StartAsync(new StandaloneHost([.. Keys.Setting(0, "tests", "operate", "msg_nobody-has-this-one-0123456789-0123456789"), .. Keys.Settings, .. settings]));

    /// <summary>As one has it who sets nothing: the only key is the operator's, in its file.</summary>
    public static Task<StandaloneHost> StartWithoutKeysAsync() => StartAsync(new StandaloneHost());

    /// <summary>What <c>--dashboard-link</c> prints while the process runs, to who tells it nothing but the folder.</summary>
    public async Task<string> PrintLinkAsync()
    {
        await using var process = AppProcess.Start("Standalone", new Dictionary<string, string> { ["Standalone__DataFolder"] = _folder.Path }, "--dashboard-link");
        Assert.True(await process.ExitAsync() == 0, process.Output);
        return process.Output.Trim();
    }

    private static async Task<StandaloneHost> StartAsync(StandaloneHost host)
    {
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

    public override async Task AddQueueAsync(string name, string type)
    {
        await using var connection = new SqliteConnection($"Data Source={Path.Combine(_folder.Path, "messaging.db")};Pooling=False;Default Timeout=30");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "INSERT INTO queues (name, message_types, updated_at) VALUES ($name, json_array($type), 0)";
        command.Parameters.AddWithValue("$name", name);
        command.Parameters.AddWithValue("$type", type);
        await command.ExecuteNonQueryAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _folder.Dispose();
        await base.DisposeAsync();
    }
}
