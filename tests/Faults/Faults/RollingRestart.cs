using Messaging.Faults.Schedule;

namespace Messaging.Faults.Faults;

/// <summary>SIGTERM and a new process, one after the other, as a deployment does it.</summary>
internal sealed class RollingRestart : IFault
{
    public const string FaultName = "rolling-restart";

    public string Name => FaultName;

    public string Description => "SIGTERM and a new process, one after the other: no request and no attempt is lost";

    public (int Min, int Max) Hold => (15, 25);

    public bool IsExclusive => true;

    public async Task RunAsync(FaultContext context, Random random, CancellationToken cancellationToken)
    {
        var slots = context.System.Supervisor.Slots.ToArray();
        random.Shuffle(slots);
        foreach (var slot in slots)
        {
            slot.IsHeld = true;
            try
            {
                var code = await slot.Process!.TerminateAsync();
                slot.Start();
                var ready = await slot.ReadyAsync(TimeSpan.FromSeconds(60), CancellationToken.None);
                if (code != 0 || !ready)
                {
                    throw new InvalidOperationException($"{slot.Name} ended with {code?.ToString() ?? "a kill after a minute"} at SIGTERM; ready again: {ready}.");
                }
            }
            finally
            {
                slot.IsHeld = false;
            }
        }
    }
}
