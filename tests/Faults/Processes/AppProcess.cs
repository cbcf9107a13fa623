using System.Collections.Concurrent;
using Messaging.Faults.Hooks;
using Messaging.Processes;

namespace Messaging.Faults.Processes;

/// <summary>One of the programs as a process of its own, with the hook in it; what it prints goes to a file.</summary>
internal sealed class AppProcess : IDisposable
{
    private readonly ChildProcess _process;
    private readonly StreamWriter _log;
    private readonly ConcurrentQueue<DateTimeOffset>? _lines;
    private readonly Lock _lock = new();

    private AppProcess(string program, Dictionary<string, string> environment, string logFile, ConcurrentQueue<DateTimeOffset>? lines, string[] arguments)
    {
        _lines = lines;
        _log = new StreamWriter(logFile, append: true) { AutoFlush = true };
        environment["DOTNET_STARTUP_HOOKS"] = typeof(HookedServices).Assembly.Location;
        _process = ChildProcess.StartProgram(program, environment, Write, arguments);
        Write($"--- process {_process.Id}");
    }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    /// <summary>What it said before it died at a point it was told to die at.</summary>
    public string? Failpoint { get; private set; }

    /// <summary>When it said so. Its death is noticed later: on a busy machine its messages are with another worker by then.</summary>
    public DateTimeOffset? FailpointAt { get; private set; }

    /// <param name="program">See <see cref="ChildProcess.StartProgram"/>.</param>
    /// <param name="environment">Its settings.</param>
    /// <param name="logFile">Gets what it prints.</param>
    /// <param name="lines">Gets the time of each line.</param>
    /// <param name="arguments">Its arguments.</param>
    public static AppProcess Start(string program, Dictionary<string, string> environment, string logFile, ConcurrentQueue<DateTimeOffset>? lines = null, params string[] arguments) =>
        new(program, environment, logFile, lines, arguments);

    /// <summary>Gives an order to the hook; see <see cref="HookedServices"/>.</summary>
    public void Order(string line) => _process.WriteLine(line);

    /// <summary>As <c>kill -9</c>.</summary>
    public void Kill() => _process.Kill();

    /// <summary>As <c>docker stop</c>: asks with SIGTERM, and waits.</summary>
    /// <returns>The exit code, or null if it had to be killed after a minute.</returns>
    public Task<int?> TerminateAsync() => _process.TerminateAsync();

    public Task WaitAsync(CancellationToken cancellationToken = default) => _process.WaitAsync(cancellationToken);

    public void Dispose()
    {
        _process.Dispose();
        lock (_lock)
        {
            _log.Dispose();
        }
    }

    private void Write(string line)
    {
        if (line.StartsWith(Failpoints.Prefix, StringComparison.Ordinal))
        {
            (Failpoint, FailpointAt) = (line[Failpoints.Prefix.Length..], DateTimeOffset.UtcNow);
        }

        _lines?.Enqueue(DateTimeOffset.UtcNow);
        lock (_lock)
        {
            if (_log.BaseStream.CanWrite)
            {
                _log.WriteLine($"{DateTimeOffset.UtcNow:yyyy-MM-dd HH:mm:ss.fff} {line}");
            }
        }
    }
}
