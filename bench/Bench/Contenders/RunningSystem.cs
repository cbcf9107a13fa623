using System.Collections.Concurrent;
using System.Globalization;
using Messaging.Bench.Servers;
using Messaging.Processes;

namespace Messaging.Bench.Contenders;

/// <summary>The processes of a contender, and its database.</summary>
internal sealed class RunningSystem : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private readonly List<ChildProcess> _processes = [];
    private readonly ConcurrentQueue<string> _output = new();
    private readonly IDisposable? _mail;
    private bool _isDisposed;

    public RunningSystem(BenchServers servers, BenchDatabase database, IDisposable? mail = null)
    {
        (Servers, Database, _mail) = (servers, database, mail);
        servers.EndsWith(this); // whatever becomes of it while it is being started
    }

    public BenchServers Servers { get; }

    public BenchDatabase Database { get; }

    /// <summary>Counts what shows that so many registrations were accepted.</summary>
    public required Func<Task<long>> CountRegistrations { get; init; }

    /// <summary>Counts what shows that so many log entries were accepted.</summary>
    public required Func<Task<long>> CountEntries { get; init; }

    /// <summary>Starts one of the programs that lie beside this one.</summary>
    public ChildProcess StartProgram(string program, IReadOnlyDictionary<string, string> environment, params IEnumerable<string> arguments) =>
        Add(ChildProcess.StartProgram(program, environment, Keep, arguments));

    public ChildProcess Start(string file, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment) =>
        Add(ChildProcess.Start(file, arguments, environment, Keep));

    /// <summary>Waits until the process that was started last says that it takes requests.</summary>
    public async Task ReadyAsync(int port, CancellationToken cancellationToken)
    {
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(3) };
        if (!await Readiness.WaitAsync(client, new Uri($"http://127.0.0.1:{port}"), Patience, () => _processes[^1].HasExited, cancellationToken))
        {
            throw new InvalidOperationException($"It does not become ready:\n{string.Join('\n', _output)}");
        }
    }

    /// <summary>The memory that its processes use, in MiB.</summary>
    public IReadOnlyList<double> ResidentMebibytes() => [.. _processes.Where(p => !p.HasExited).Select(ResidentMebibytes)];

    /// <summary>The memory that a process uses, in MiB; 0 when it is just ending.</summary>
    public static double ResidentMebibytes(ChildProcess process)
    {
        try
        {
            var line = File.ReadLines($"/proc/{process.Id}/status").FirstOrDefault(l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
            return line is null ? 0 : double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) / 1_024;
        }
        catch (IOException)
        {
            return 0;
        }
    }

    /// <summary>The processor time of a process, user and system, in seconds, to a hundredth.</summary>
    public static double ProcessorSeconds(ChildProcess process)
    {
        var fields = File.ReadAllText($"/proc/{process.Id}/stat").Split(") ")[1].Split(' ');
        return (long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)) / 100.0;
    }

    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        foreach (var process in _processes)
        {
            if (!process.HasExited)
            {
                await process.TerminateAsync(); // also ends the processes that it has started
            }

            process.Dispose();
        }

        _mail?.Dispose();
        await Database.DisposeAsync();
    }

    private ChildProcess Add(ChildProcess process)
    {
        _processes.Add(process);
        return process;
    }

    private void Keep(string line)
    {
        _output.Enqueue(line);
        while (_output.Count > 200)
        {
            _output.TryDequeue(out _);
        }
    }
}
