using System.Diagnostics;
using System.Net.NetworkInformation;

namespace Messaging.Processes;

/// <summary>A program's own PostgreSQL and RabbitMQ, by <c>.ci/servers</c>: in a folder and on ports of their own.</summary>
public sealed class LocalServers
{
    private readonly int _basePort;
    private readonly int _member;
    private readonly Dictionary<string, string> _environment;
    private readonly string _script;

    /// <param name="folder">Where their data lie.</param>
    /// <param name="basePort">
    /// The thousand that their ports are in; below the ports that the kernel gives to outgoing connections, one of which would otherwise keep a
    /// server from coming back.
    /// </param>
    /// <param name="diskSize">The size of a file system of PostgreSQL's own, if one can be mounted: <c>768m</c>.</param>
    /// <param name="member">1 to 3 if they are one of the machines of a cluster, each of which has an address of its own; 0 if they stand alone.</param>
    public LocalServers(string folder, int basePort, string? diskSize = null, int member = 0)
    {
        _basePort = basePort;
        _member = member;
        Folder = member == 0 ? folder : Path.Combine(folder, $"{member}");
        _script = Find();
        _environment = new Dictionary<string, string>
        {
            ["MESSAGING_SERVERS_DIR"] = folder,
            ["MESSAGING_SERVERS_PORTS"] = $"{basePort}",
            ["MESSAGING_SERVERS_MANAGEMENT"] = "1",
            ["ERL_CRASH_DUMP"] = "/dev/null",
        };
        if (member != 0)
        {
            _environment["MESSAGING_SERVERS_MEMBER"] = $"{member}";
        }

        if (diskSize is not null)
        {
            _environment["MESSAGING_SERVERS_DISK"] = diskSize;
        }
    }

    public string Folder { get; }

    /// <summary>Whether PostgreSQL's data lie on a file system of their own, which can be filled.</summary>
    public bool HasSmallDisk => _environment.ContainsKey("MESSAGING_SERVERS_DISK");

    public string DataFolder => Path.Combine(Folder, "postgres");

    public string Address => $"127.0.0.{Math.Max(1, _member)}";

    public int PostgresPort => _basePort + 432;

    public int RabbitMqPort => _basePort + 672;

    /// <summary>Where the Erlang of a member is reached by the others.</summary>
    public int DistributionPort => _basePort + 672 + Math.Max(1, _member);

    public Uri Management => new($"http://{Address}:{_basePort + 680}/");

    /// <summary>There is one set of ports, and so one run at a time.</summary>
    public static void EnsurePortsAreFree(int basePort)
    {
        if (IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().FirstOrDefault(l => l.Port / 1_000 == basePort / 1_000) is { } taken)
        {
            throw new InvalidOperationException($"Port {taken.Port} is taken; is another run under way?");
        }
    }

    /// <summary>Starts both, anew; on a small disk if one can be mounted.</summary>
    public async Task StartAsync()
    {
        await RunAsync("stop");
        if (await TryRunAsync("start") is { } error)
        {
            if (!_environment.Remove("MESSAGING_SERVERS_DISK"))
            {
                throw new InvalidOperationException(error);
            }

            await RunAsync("stop");
            await RunAsync("start");
        }
    }

    /// <summary>Starts one that was killed, however often that takes.</summary>
    public async Task StartAsync(string server)
    {
        string? error = null;
        for (var attempt = 0; attempt < 5; attempt++)
        {
            if ((error = await TryRunAsync("start", server)) is null)
            {
                return;
            }

            await Task.Delay(1_000);
        }

        throw new InvalidOperationException(error);
    }

    /// <summary>Waits for one that comes back by itself.</summary>
    public Task StartedAsync(string server) => RunAsync("wait", server);

    public Task KillAsync(string server) => RunAsync("kill", server);

    /// <summary>SIGSTOP.</summary>
    public Task FreezeAsync(string server) => RunAsync("freeze", server);

    /// <summary>SIGCONT.</summary>
    public Task ThawAsync(string server) => RunAsync("thaw", server);

    /// <summary>Makes PostgreSQL, which is not running, a standby of another member's: its data are those of the other.</summary>
    public async Task StartStandbyAsync(LocalServers primary)
    {
        if (Directory.Exists(DataFolder))
        {
            Directory.Delete(DataFolder, recursive: true);
        }

        _environment["MESSAGING_SERVERS_STANDBY_OF"] = $"{primary._member}";
        await StartAsync("postgres");
    }

    /// <summary>PostgreSQL, a standby until now, takes writes.</summary>
    public Task PromoteAsync() => RunAsync("promote");

    public Task CtlAsync(params string[] arguments) => RunAsync(["ctl", "-q", .. arguments]);

    public Task StopAsync() => RunAsync("stop");

    private async Task RunAsync(params string[] arguments)
    {
        if (await TryRunAsync(arguments) is { } error)
        {
            throw new InvalidOperationException(error);
        }
    }

    /// <returns>What went wrong, or null. The servers inherit the output, so it is a file's and not a pipe's.</returns>
    private async Task<string?> TryRunAsync(params string[] arguments)
    {
        var output = Path.GetTempFileName();
        var start = new ProcessStartInfo("bash") { UseShellExecute = false };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add("exec \"$@\" >\"$0\" 2>&1 </dev/null");
        start.ArgumentList.Add(output);
        start.ArgumentList.Add(_script);
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (key, value) in _environment)
        {
            start.Environment[key] = value;
        }

        using var process = Process.Start(start)!;
        await process.WaitForExitAsync();
        var text = await File.ReadAllTextAsync(output);
        File.Delete(output);
        return process.ExitCode == 0 ? null : $".ci/servers {string.Join(' ', arguments)}: exit code {process.ExitCode}. {text}";
    }

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, ".ci", "servers")))
            {
                return Path.Combine(folder.FullName, ".ci", "servers");
            }
        }

        throw new FileNotFoundException("There is no .ci/servers above this program.");
    }
}
