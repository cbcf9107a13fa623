using System.Collections.Concurrent;
using Messaging.Processes;

namespace Messaging.EndToEnd.Tests;

/// <summary>One of the programs as a process of its own, so that it can be killed as an operating system kills.</summary>
internal sealed class AppProcess : IAsyncDisposable
{
    /// <summary>The setting of where it listens, for one that has to come back at the same place. Default: a free port.</summary>
    public const string Address = "ASPNETCORE_URLS";

    private static readonly TimeSpan StartPatience = TimeSpan.FromMinutes(3);

    /// <summary>Longer than anything takes on a busy machine. A process that is killed answers nobody, and is noticed at once.</summary>
    private static readonly TimeSpan RequestPatience = TimeSpan.FromMinutes(1);

    private readonly ChildProcess _process;
    private readonly ConcurrentQueue<string> _output = new();

    private AppProcess(string program, Dictionary<string, string> environment, string[] arguments, string? shell = null)
    {
        var address = environment.GetValueOrDefault(Address, $"http://127.0.0.1:{FreePort()}");
        Client = new HttpClient { BaseAddress = new Uri(address), Timeout = RequestPatience };
        environment = new Dictionary<string, string>(environment) { [Address] = address };
        _process = shell is null
            ? ChildProcess.StartProgram(program, environment, _output.Enqueue, arguments)
            : ChildProcess.Start(
                "sh", ["-c", $"{shell}; exec dotnet \"$0\"", Path.Combine(AppContext.BaseDirectory, $"Messaging.{program}.dll")], environment, _output.Enqueue);
    }

    public HttpClient Client { get; }

    public int Id => _process.Id;

    public string Output => string.Join('\n', _output);

    /// <summary>Starts the program; <see cref="ReadyAsync"/> waits until it is ready.</summary>
    public static AppProcess Start(string program, Dictionary<string, string> environment, params string[] arguments) =>
        new(program, environment, arguments);

    /// <summary>Starts the program after a shell's command, such as a limit (<c>ulimit -n 800</c>).</summary>
    public static AppProcess StartInShell(string program, string command, Dictionary<string, string> environment) =>
        new(program, environment, [], command);

    /// <summary>
    /// A worker declares forty quorum queues, for which a busy broker may take its time. Where its disk stands still, RabbitMQ closes
    /// the connection with INTERNAL_ERROR, and the worker is ready some seconds after the disk is.
    /// </summary>
    public async Task<AppProcess> ReadyAsync()
    {
        var isReady = await Readiness.WaitAsync(Client, Client.BaseAddress!, StartPatience, () => _process.HasExited, TestContext.Current.CancellationToken);
        Assert.False(_process.HasExited, $"The process ended:\n{Output}");
        Assert.True(isReady, $"It does not become ready:\n{Output}");
        return this;
    }

    /// <summary>As <c>kill -9</c>.</summary>
    public Task KillAsync()
    {
        _process.Kill();
        return _process.WaitAsync();
    }

    /// <summary>As <c>docker stop</c>: asks with SIGTERM and waits.</summary>
    public async Task<int> TerminateAsync() => await _process.TerminateAsync() ?? throw new TimeoutException("It had to be killed after a minute.");

    public async Task<int> ExitAsync()
    {
        await _process.WaitAsync();
        return _process.ExitCode;
    }

    public ValueTask DisposeAsync()
    {
        Client.Dispose();
        _process.Dispose();
        return ValueTask.CompletedTask;
    }

    public static int FreePort() => Ports.Free();
}
