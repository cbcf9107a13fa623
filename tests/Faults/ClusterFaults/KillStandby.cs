using Messaging.Faults.Schedule;

namespace Messaging.Faults.ClusterFaults;

/// <summary>The standby is gone, and each commit waits until it is back.</summary>
internal sealed class KillStandby : ClusterFault
{
    public override string Name => "standby-killed";

    public override string Description => "kill -9 of the standby: commits wait until it is back";

    public override async Task RunAsync(FaultContext context, Random random, CancellationToken cancellationToken)
    {
        var standby = context.System.Cluster.Databases.Standby;
        await standby.KillAsync("postgres");
        await context.HoldAsync(cancellationToken);
        await standby.StartAsync("postgres");
    }
}
