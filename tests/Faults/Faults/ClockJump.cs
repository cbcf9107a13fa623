using Messaging.Faults.Schedule;

namespace Messaging.Faults.Faults;

/// <summary>The clock of some processes is wrong by up to two hours, in either direction, and then right again.</summary>
internal sealed class ClockJump : IFault
{
    public string Name => "clock-jump";

    public string Description => "the clocks of some processes jump by up to two hours, and back";

    public (int Min, int Max) Hold => (5, 15);

    public async Task RunAsync(FaultContext context, Random random, CancellationToken cancellationToken)
    {
        var slots = context.System.Supervisor.Slots;
        foreach (var slot in slots.Where(_ => random.Next(2) == 0))
        {
            var seconds = random.Next(-7_200, 7_201);
            slot.Process?.Order($"clock {seconds}");
            context.Log.Add(FaultKind.Note, Name, $"{slot.Name} by {seconds} s");
        }

        await context.HoldAsync(cancellationToken);
        foreach (var slot in slots)
        {
            slot.Process?.Order("clock 0");
        }
    }
}
