using System.Diagnostics;
using Messaging.Faults.Hooks;

namespace Messaging.Faults.Processes;

/// <summary>One of the programs as a process of its own, with the hook in it; what it prints goes to a file.</summary>
internal sealed class AppProcess : IDisposable
{
    private readonly Process _process;
    private readonly StreamWriter _log;
    private readonly Lock _lock = new();

    private AppProcess(Process process, string logFile)
    {
        _process = process;
        _log = new StreamWriter(logFile, append: true) { AutoFlush = true };
        _log.WriteLine($"--- process {process.Id}, {DateTimeOffset.UtcNow:O}");
        process.OutputDataReceived += (_, line) => Write(line.Data);
        process.ErrorDataReceived += (_, line) => Write(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    /// <summary>What it said before it died at a point it was told to die at.</summary>
    public string? Failpoint { get; private set; }

    public static AppProcess Start(string program, IReadOnlyDictionary<string, string> environment, string logFile, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetDirectoryName(logFile),
        };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, $"Messaging.{program}.dll"));
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (key, value) in environment)
        {
            start.Environment[key] = value;
        }

        start.Environment["DOTNET_STARTUP_HOOKS"] = typeof(HookedServices).Assembly.Location;
        return new AppProcess(Process.Start(start)!, logFile);
    }

    /// <summary>Gives an order to the hook; see <see cref="HookedServices"/>.</summary>
    public void Order(string line)
    {
        try
        {
            _process.StandardInput.WriteLine(line);
            _process.StandardInput.Flush();
        }
        catch (Exception exception) when (exception is IOException or InvalidOperationException or ObjectDisposedException)
        {
            // It has died meanwhile.
        }
    }

    /// <summary>As <c>kill -9</c>.</summary>
    public void Kill()
    {
        try
        {
            _process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It has ended by itself.
        }
    }

    /// <summary>As <c>docker stop</c>: asks with SIGTERM, and waits.</summary>
    /// <returns>The exit code, or null if it had to be killed after a minute.</returns>
    public async Task<int?> TerminateAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        try
        {
            await _process.WaitForExitAsync(patience.Token);
            return _process.ExitCode;
        }
        catch (OperationCanceledException)
        {
            _process.Kill();
            return null;
        }
    }

    public Task WaitAsync(CancellationToken cancellationToken = default) => _process.WaitForExitAsync(cancellationToken);

    public void Dispose()
    {
        Kill();
        _process.WaitForExit();
        _process.Dispose();
        lock (_lock)
        {
            _log.Dispose();
        }
    }

    private void Write(string? line)
    {
        if (line is null)
        {
            return;
        }

        if (line.StartsWith(Failpoints.Prefix, StringComparison.Ordinal))
        {
            Failpoint = line[Failpoints.Prefix.Length..];
        }

        lock (_lock)
        {
            if (_log.BaseStream.CanWrite)
            {
                _log.WriteLine($"{DateTimeOffset.UtcNow:HH:mm:ss.fff} {line}");
            }
        }
    }
}
