using System.Net;

namespace Messaging.Faults.Links;

/// <summary>The four links of the system; each kind of process reaches each server over one of them.</summary>
internal sealed class NetworkLinks(int basePort, int postgres, int rabbitMq) : IDisposable
{
    public TcpProxy ApiDatabase { get; } = Link("api-database", basePort + 501, postgres);

    public TcpProxy ApiBroker { get; } = Link("api-broker", basePort + 502, rabbitMq);

    public TcpProxy WorkerDatabase { get; } = Link("worker-database", basePort + 503, postgres);

    public TcpProxy WorkerBroker { get; } = Link("worker-broker", basePort + 504, rabbitMq);

    public IReadOnlyList<TcpProxy> All => [ApiDatabase, ApiBroker, WorkerDatabase, WorkerBroker];

    public void Dispose()
    {
        foreach (var link in All)
        {
            link.Dispose();
        }
    }

    private static TcpProxy Link(string name, int port, int target) =>
        new(name, new IPEndPoint(IPAddress.Loopback, port), new IPEndPoint(IPAddress.Loopback, target));
}
