namespace Messaging.Faults.Links;

/// <summary>The four links of the system; each kind of process reaches each server over one of them.</summary>
internal sealed class NetworkLinks(int basePort, int postgres, int rabbitMq) : IDisposable
{
    public TcpProxy ApiDatabase { get; } = new("api-database", basePort + 501, postgres);

    public TcpProxy ApiBroker { get; } = new("api-broker", basePort + 502, rabbitMq);

    public TcpProxy WorkerDatabase { get; } = new("worker-database", basePort + 503, postgres);

    public TcpProxy WorkerBroker { get; } = new("worker-broker", basePort + 504, rabbitMq);

    public IReadOnlyList<TcpProxy> All => [ApiDatabase, ApiBroker, WorkerDatabase, WorkerBroker];

    public void Dispose()
    {
        foreach (var link in All)
        {
            link.Dispose();
        }
    }
}
