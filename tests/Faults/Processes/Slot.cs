using Messaging.Processes;

namespace Messaging.Faults.Processes;

/// <summary>A place in the system that is taken by one process after another: <c>api-1</c>, <c>worker-2</c>.</summary>
internal sealed class Slot(string name, string program, int port, Func<AppProcess> start) : IDisposable
{
    private readonly HttpClient _health = new() { Timeout = TimeSpan.FromSeconds(3) };

    public string Name => name;

    public bool IsApi => program == "Api";

    public Uri Address { get; } = new($"http://127.0.0.1:{port}");

    public AppProcess? Process { get; private set; }

    /// <summary>Somebody stops it on purpose, and starts it again himself.</summary>
    public bool IsHeld { get; set; }

    public int Starts { get; private set; }

    public void Start()
    {
        Process?.Dispose();
        Process = start();
        Starts++;
    }

    /// <summary>Waits until the process says that it can work.</summary>
    public Task<bool> ReadyAsync(TimeSpan patience, CancellationToken cancellationToken) =>
        Readiness.WaitAsync(_health, Address, patience, hasEnded: () => false, cancellationToken); // it is started again

    public void Dispose()
    {
        Process?.Dispose();
        _health.Dispose();
    }
}
