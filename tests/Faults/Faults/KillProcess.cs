using Messaging.Faults.Processes;
using Messaging.Faults.Schedule;
using Messaging.Faults.Servers;

namespace Messaging.Faults.Faults;

/// <summary><c>kill -9</c> of one process at a random moment, or of all of its kind.</summary>
internal sealed class KillProcess(string name, Func<SystemUnderTest, IReadOnlyList<Slot>> slots) : IFault
{
    public string Name => name;

    public string Description => "kill -9 at a random moment, of one or of all";

    public (int Min, int Max) Hold => (2, 6);

    public async Task RunAsync(FaultContext context, Random random, CancellationToken cancellationToken)
    {
        var all = slots(context.System);
        var victims = random.Next(4) == 0 ? all : [all[random.Next(all.Count)]];
        await Task.Delay(random.Next(1_000), cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var victim in victims)
        {
            victim.Process?.Kill();
        }

        await context.HoldAsync(cancellationToken);
    }
}
