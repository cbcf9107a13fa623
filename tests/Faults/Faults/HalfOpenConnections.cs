using Messaging.Faults.Schedule;

namespace Messaging.Faults.Faults;

/// <summary>The connections of a link lead nowhere, and neither side hears of it; new ones work. They are reset in the end.</summary>
internal sealed class HalfOpenConnections : IFault
{
    public string Name => "half-open";

    public string Description => "the connections of a link lead nowhere and are not closed; new ones work";

    public (int Min, int Max) Hold => (20, 45);

    public bool MayRepeatMail => true;

    public async Task RunAsync(FaultContext context, Random random, CancellationToken cancellationToken)
    {
        var links = context.System.Links.All;
        var link = links[random.Next(links.Count)];
        using var dead = link.MakeHalfOpen();
        context.Log.Add(FaultKind.Note, Name, $"{dead.Count} connection(s) of {link.Name}");
        await context.HoldAsync(cancellationToken);
    }
}
