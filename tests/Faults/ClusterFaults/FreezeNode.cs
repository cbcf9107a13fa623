using Messaging.Faults.Schedule;

namespace Messaging.Faults.ClusterFaults;

/// <summary>The RabbitMQ node that the processes are connected to stands still: its connections stay, and nothing comes over them.</summary>
internal sealed class FreezeNode : ClusterFault
{
    public override string Name => "node-frozen";

    public override string Description => "SIGSTOP of the node that most connections go to, SIGCONT after a while";

    public override (int Min, int Max) Hold => (15, 50);

    public override async Task RunAsync(FaultContext context, Random random, CancellationToken cancellationToken)
    {
        var node = context.System.Cluster.Connected();
        Tell(context, context.System.Cluster.NameOf(node));
        await node.FreezeAsync("rabbitmq");
        await context.HoldAsync(cancellationToken);
        await node.ThawAsync("rabbitmq");
    }
}
