using System.Diagnostics;

namespace Messaging.Processes;

/// <summary>A process that this one has started. It ends with its disposal.</summary>
public sealed class ChildProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private readonly Process _process;

    private ChildProcess(Process process) => _process = process;

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    /// <summary>Starts one of the programs, of which a copy lies beside this one.</summary>
    /// <param name="program"><c>Api</c>, <c>Worker</c> or <c>Standalone</c>.</param>
    /// <param name="environment">Its settings, besides those of this process.</param>
    /// <param name="onLine">Is given each line that it prints, from several threads.</param>
    /// <param name="arguments">Its arguments.</param>
    public static ChildProcess StartProgram(
        string program, IReadOnlyDictionary<string, string> environment, Action<string> onLine, params IEnumerable<string> arguments) =>
        Start("dotnet", [Path.Combine(AppContext.BaseDirectory, $"Messaging.{program}.dll"), .. arguments], environment, onLine);

    /// <summary>Starts anything.</summary>
    public static ChildProcess Start(
        string file, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment, Action<string> onLine)
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        foreach (var (key, value) in environment)
        {
            start.Environment[key] = value;
        }

        var process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => Tell(line.Data);
        process.ErrorDataReceived += (_, line) => Tell(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new ChildProcess(process);

        void Tell(string? line)
        {
            if (line is not null)
            {
                onLine(line);
            }
        }
    }

    /// <summary>Writes a line to its standard input; one that has died meanwhile does not get it.</summary>
    public void WriteLine(string line)
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

    /// <summary>As <c>kill -STOP</c>: it does nothing until <see cref="ContinueAsync"/>, and keeps its connections.</summary>
    public Task PauseAsync() => SignalAsync("STOP");

    /// <summary>As <c>kill -CONT</c>.</summary>
    public Task ContinueAsync() => SignalAsync("CONT");

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
        await SignalAsync("TERM");
        using var patience = new CancellationTokenSource(Patience);
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

    /// <summary>Waits until it has ended, and everything that it printed has been told.</summary>
    public Task WaitAsync(CancellationToken cancellationToken = default) => _process.WaitForExitAsync(cancellationToken);

    public void Dispose()
    {
        Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{Id}"]);
        await kill.WaitForExitAsync();
    }
}
