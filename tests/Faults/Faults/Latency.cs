using Messaging.Faults.Schedule;

namespace Messaging.Faults.Faults;

/// <summary>One link, or all of them, are slow.</summary>
internal sealed class Latency : IFault
{
    public string Name => "latency";

    public string Description => "20 to 500 ms in each direction, on one link or on all";

    public (int Min, int Max) Hold => (5, 20);

    public async Task RunAsync(FaultContext context, Random random, CancellationToken cancellationToken)
    {
        var all = context.System.Links.All;
        var slow = random.Next(4) == 0 ? all : [all[random.Next(all.Count)]];
        var latency = TimeSpan.FromMilliseconds(random.Next(20, 501));
        context.Log.Add(FaultKind.Note, Name, $"{latency.TotalMilliseconds} ms on {string.Join(", ", slow.Select(l => l.Name))}");
        foreach (var link in slow)
        {
            link.Latency = latency;
        }

        await context.HoldAsync(cancellationToken);
        foreach (var link in slow)
        {
            link.Latency = TimeSpan.Zero;
        }
    }
}
