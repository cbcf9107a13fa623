using Messaging.Faults.Processes;
using Messaging.Faults.Schedule;
using Messaging.Faults.Servers;

namespace Messaging.Faults.Faults;

/// <summary>One process kills itself the next time it reaches a point.</summary>
internal sealed class KillAtPoint(string point, string when, Func<SystemUnderTest, IReadOnlyList<Slot>> slots) : IFault
{
    public string Name => $"kill-{point}";

    public string Description => $"kill -9 when {when}";

    public (int Min, int Max) Hold => (2, 6);

    public async Task RunAsync(FaultContext context, Random random, CancellationToken cancellationToken)
    {
        var all = slots(context.System);
        var victim = all[random.Next(all.Count)];
        var process = victim.Process;
        process?.Order($"die {point}");
        await context.HoldAsync(cancellationToken);
        if (ReferenceEquals(process, victim.Process))
        {
            context.Log.Add(FaultKind.Note, Name, $"{victim.Name} has not come to this point yet");
        }
    }
}
