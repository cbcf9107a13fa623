using Messaging.Faults.Schedule;

namespace Messaging.Faults.ClusterFaults;

/// <summary>The primary stands still, and goes on before anybody promotes its standby.</summary>
internal sealed class FreezePrimary : ClusterFault
{
    public override string Name => "database-frozen";

    public override string Description => "SIGSTOP of the primary, SIGCONT after a while";

    public override async Task RunAsync(FaultContext context, Random random, CancellationToken cancellationToken)
    {
        var primary = context.System.Cluster.Databases.Primary;
        await primary.FreezeAsync("postgres");
        await context.HoldAsync(cancellationToken);
        await primary.ThawAsync("postgres");
    }
}
