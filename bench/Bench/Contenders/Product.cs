using Messaging.Bench.Servers;

namespace Messaging.Bench.Contenders;

/// <summary>This project: the API alone, or with its dispatcher and a worker on the same cores.</summary>
internal sealed class Product(bool works) : IHttpContender
{
    public string Name => works ? "this project, dispatching and working" : "this project";

    public async Task<RunningSystem> StartAsync(BenchServers servers, CancellationToken cancellationToken)
    {
        var system = await ProductSystem.CreateAsync(servers, cancellationToken);
        if (works)
        {
            await system.StartWorkerAsync(cancellationToken);
        }

        await system.StartApiAsync(dispatches: works, cancellationToken);
        return system.Running;
    }
}
