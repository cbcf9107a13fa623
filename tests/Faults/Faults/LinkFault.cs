using Messaging.Faults.Links;
using Messaging.Faults.Schedule;

namespace Messaging.Faults.Faults;

/// <summary>A link is cut or frozen: the one that is named, or one that is drawn.</summary>
internal sealed class LinkFault(string name, LinkMode mode, string description, Func<NetworkLinks, TcpProxy>? choose = null) : IFault
{
    public string Name => name;

    public string Description => description;

    public (int Min, int Max) Hold => (3, 20);

    public bool MayRepeatMail => true;

    public async Task RunAsync(FaultContext context, Random random, CancellationToken cancellationToken)
    {
        var links = context.System.Links;
        var link = choose?.Invoke(links) ?? links.All[random.Next(links.All.Count)];
        link.Mode = mode;
        context.Log.Add(FaultKind.Note, Name, link.Name);
        await context.HoldAsync(cancellationToken);
        link.Mode = LinkMode.Pass;
    }
}
