using Messaging.Faults.Schedule;

namespace Messaging.Faults.Faults;

/// <summary>SIGTERM and a new process, one after the other, as a deployment does it.</summary>
internal sealed class RollingRestart : IFault
{
    public const string FaultName = "rolling-restart";

    private const string Opens = "processes are restarted from here on";

    /// <summary>What still fails because of the fault before has this long to recover.</summary>
    private static readonly TimeSpan Calm = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public string Name => FaultName;

    public string Description => "SIGTERM and a new process, one after the other: no request and no attempt is lost";

    public (int Min, int Max) Hold => (15, 25);

    public bool IsExclusive => true;

    public async Task RunAsync(FaultContext context, Random random, CancellationToken cancellationToken)
    {
        await Task.Delay(Calm, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var slot in context.System.Supervisor.Slots)
        {
            await slot.ReadyAsync(Patience, CancellationToken.None); // one that has died a moment ago is just starting
        }

        context.Log.Add(FaultKind.Note, Name, Opens);
        var slots = context.System.Supervisor.Slots.ToArray();
        random.Shuffle(slots);
        foreach (var slot in slots)
        {
            slot.IsHeld = true;
            try
            {
                var code = await slot.Process!.TerminateAsync();
                slot.Start();
                var ready = await slot.ReadyAsync(Patience, CancellationToken.None);
                if (code != 0 || !ready)
                {
                    throw new InvalidOperationException($"{slot.Name} ended with {(code is null ? "a kill after a minute" : $"{code}")} at SIGTERM; ready again: {ready}.");
                }
            }
            finally
            {
                slot.IsHeld = false;
            }
        }
    }

    /// <summary>When processes were restarted.</summary>
    public static IEnumerable<(DateTimeOffset Begin, DateTimeOffset End)> Windows(IReadOnlyList<FaultEvent> events) =>
        from begin in events
        where begin.What == FaultName && begin.Details == Opens
        let end = events.FirstOrDefault(e => e is { What: FaultName, Kind: FaultKind.End } && e.At > begin.At)
        where end is not null
        select (begin.At, end.At);
}
