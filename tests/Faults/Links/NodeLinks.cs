using System.Net;
using Messaging.Processes;

namespace Messaging.Faults.Links;

/// <summary>
/// The links between the nodes of a RabbitMQ cluster, one for each node to each other. Erlang's traffic goes through them, so that a node can be
/// cut off from the others, without a right to change the machine's network. See <c>.ci/servers</c> for the addresses.
/// </summary>
internal sealed class NodeLinks : IDisposable
{
    private readonly List<(LocalServers From, LocalServers To, TcpProxy Link)> _links;

    public NodeLinks(IReadOnlyList<LocalServers> members) => _links =
    [
        .. from a in members.Index()
           from b in members.Index()
           where a.Index != b.Index
           select (a.Item, b.Item, new TcpProxy(
               $"node {a.Index + 1} to node {b.Index + 1}",
               new IPEndPoint(IPAddress.Parse($"127.1.{a.Index + 1}.{b.Index + 1}"), b.Item.DistributionPort),
               new IPEndPoint(IPAddress.Loopback, b.Item.DistributionPort))),
    ];

    /// <summary>What the links of one node do from now on, in both directions.</summary>
    public void Set(LocalServers member, LinkMode mode)
    {
        foreach (var (_, _, link) in _links.Where(l => l.From == member || l.To == member))
        {
            link.Mode = mode;
        }
    }

    public void Dispose() => _links.ForEach(l => l.Link.Dispose());
}
