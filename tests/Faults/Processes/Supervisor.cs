using Messaging.Faults.Schedule;

namespace Messaging.Faults.Processes;

/// <summary>Keeps the processes of the system running: what has died is started again, as by systemd, or an orchestrator.</summary>
internal sealed class Supervisor(IReadOnlyList<Slot> slots, FaultLog log) : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private Task _watching = Task.CompletedTask;

    public IReadOnlyList<Slot> Slots => slots;

    public IReadOnlyList<Slot> Apis => [.. slots.Where(s => s.IsApi)];

    public IReadOnlyList<Slot> Workers => [.. slots.Where(s => !s.IsApi)];

    public int Crashes { get; private set; }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var slot in slots)
        {
            slot.Start();
        }

        _watching = Task.Run(WatchAsync, cancellationToken);
        foreach (var slot in slots)
        {
            if (!await slot.ReadyAsync(TimeSpan.FromMinutes(2), cancellationToken))
            {
                throw new InvalidOperationException($"{slot.Name} does not become ready; see its log.");
            }
        }
    }

    public void Dispose()
    {
        _stop.Cancel();
        _watching.GetAwaiter().GetResult();
        foreach (var slot in slots)
        {
            slot.Dispose();
        }

        _stop.Dispose();
    }

    private async Task WatchAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            foreach (var slot in slots.Where(s => s is { IsHeld: false, Process.HasExited: true }))
            {
                var process = slot.Process!;
                await process.WaitAsync(); // also for the rest of what it printed
                Crashes++;
                log.Add(
                    FaultKind.Crash,
                    slot.Name,
                    $"process {process.Id} died{(process.Failpoint is { } point ? $" {point}" : $", exit code {process.ExitCode}")}",
                    at: process.FailpointAt);
                slot.Start();
            }

            await Task.Delay(100);
        }
    }
}
