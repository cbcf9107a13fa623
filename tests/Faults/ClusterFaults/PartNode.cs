using Messaging.Faults.Links;
using Messaging.Faults.Schedule;

namespace Messaging.Faults.ClusterFaults;

/// <summary>A RabbitMQ node is cut off from the two others, and its clients are not cut off from it.</summary>
internal sealed class PartNode(string name, LinkMode mode, string description) : ClusterFault
{
    public override string Name => name;

    public override string Description => $"the node that most connections go to is cut off from the others: {description}";

    public override (int Min, int Max) Hold { get; } = mode == LinkMode.Cut ? (15, 30) : (30, 80);

    public override async Task RunAsync(FaultContext context, Random random, CancellationToken cancellationToken)
    {
        var cluster = context.System.Cluster;
        var node = cluster.Connected();
        Tell(context, cluster.NameOf(node));
        cluster.Links.Set(node, mode);
        await context.HoldAsync(cancellationToken);
        cluster.Links.Set(node, LinkMode.Pass);
        await node.StartedAsync("rabbitmq");
    }
}
