using Messaging.Bench.Measures;
using Messaging.Bench.Servers;

namespace Messaging.Bench.Contenders;

/// <summary>This project: the API alone, or with its dispatcher and a worker on the same cores.</summary>
internal sealed class Product(bool works) : IHttpContender
{
    public string Name => works ? "this project, dispatching and working" : "this project";

    /// <summary>Two processes are compiled at once, on cores that are busy with all else: a sixth of both goes there for the first half minute.</summary>
    public TimeSpan WarmUp => works ? TimeSpan.FromSeconds(30) : RequestMeasure.WarmUp;

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
