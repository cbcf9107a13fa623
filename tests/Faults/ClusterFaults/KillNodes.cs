using Messaging.Faults.Schedule;
using Messaging.Faults.Servers;
using Messaging.Processes;

namespace Messaging.Faults.ClusterFaults;

/// <summary><c>kill -9</c> of one or two RabbitMQ nodes, which come back after a while.</summary>
internal sealed class KillNodes(string name, string description, Func<SystemUnderTest, Random, Task<IReadOnlyList<LocalServers>>> choose) : ClusterFault
{
    public override string Name => name;

    public override string Description => $"kill -9 of {description}, back after a while";

    public override (int Min, int Max) Hold => (10, 20);

    public override async Task RunAsync(FaultContext context, Random random, CancellationToken cancellationToken)
    {
        var cluster = context.System.Cluster;
        var victims = await choose(context.System, random);
        Tell(context, string.Join(" and ", victims.Select(cluster.NameOf)));
        await Task.WhenAll(victims.Select(v => v.KillAsync("rabbitmq")));
        await context.HoldAsync(cancellationToken);
        await Task.WhenAll(victims.Select(v => v.StartAsync("rabbitmq")));
    }
}
