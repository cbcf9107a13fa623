using Messaging.Faults.Schedule;
using Messaging.Faults.Servers;

namespace Messaging.Faults.ClusterFaults;

/// <summary>The primary is gone, its standby is promoted, and what was the primary comes back as the standby of the new one.</summary>
internal sealed class LosePrimary(string name, string description, Func<DatabasePair, Func<Task>, Task> lose) : ClusterFault
{
    public override string Name => name;

    public override string Description => $"{description}; the standby is promoted, and the other one becomes its standby";

    public override async Task RunAsync(FaultContext context, Random random, CancellationToken cancellationToken)
    {
        var pair = context.System.Cluster.Databases;
        await lose(pair, () => context.HoldAsync(cancellationToken));
        await pair.PromoteAsync();
        Tell(context, $"{context.System.Cluster.NameOf(pair.Primary)} is promoted");
        await context.HoldAsync(cancellationToken);
        await pair.AttachAsync();
    }

    public static Task KillAsync(DatabasePair pair) => pair.Primary.KillAsync("postgres");

    /// <summary>Who promotes cannot know whether it stands still or is gone, and makes sure.</summary>
    public static async Task FreezeAndKillAsync(DatabasePair pair, Func<Task> hold)
    {
        await pair.Primary.FreezeAsync("postgres");
        await hold();
        await pair.Primary.KillAsync("postgres");
    }

    /// <summary>What the primary has written since its standby went is nowhere else: it must not have been promised.</summary>
    public static async Task LoseStandbyFirstAsync(DatabasePair pair, Func<Task> hold)
    {
        await pair.Standby.KillAsync("postgres");
        await hold();
        await pair.Primary.KillAsync("postgres");
        await pair.Standby.StartAsync("postgres");
    }
}
