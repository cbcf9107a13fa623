using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Messaging.Packages.Tests;

/// <summary>A web application that was built, on a free port of this machine.</summary>
internal sealed partial class RunningProgram : IAsyncDisposable
{
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private RunningProgram(string folder, string name)
    {
        var start = new ProcessStartInfo("dotnet", ["run", "--no-build", "--no-launch-profile", "--project", name + ".csproj", "--", "--urls", "http://127.0.0.1:0"])
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        _process = new Process { StartInfo = start, EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, line) => Read(line.Data);
        _process.ErrorDataReceived += (_, line) => Read(line.Data);
        _process.Exited += (_, _) => _address.TrySetException(new InvalidOperationException(Output));
    }

    public HttpClient Client { get; } = new();

    public string Output => string.Join('\n', _lines);

    public static async Task<RunningProgram> StartAsync(string folder, string name, CancellationToken cancellationToken)
    {
        var program = new RunningProgram(folder, name);
        program._process.Start();
        program._process.BeginOutputReadLine();
        program._process.BeginErrorReadLine();
        program.Client.BaseAddress = await program._address.Task.WaitAsync(TimeSpan.FromMinutes(2), cancellationToken);
        return program;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
        Client.Dispose();
    }

    private void Read(string? line)
    {
        _lines.Enqueue(line ?? "");
        if (Listening().Match(line ?? "") is { Success: true } match)
            _address.TrySetResult(new Uri(match.Groups["url"].Value));
    }

    [GeneratedRegex(@"Now listening on: (?<url>\S+)", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Listening();
}
