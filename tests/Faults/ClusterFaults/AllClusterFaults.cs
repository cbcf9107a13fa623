using Messaging.Faults.Links;
using Messaging.Faults.Schedule;
using Messaging.Processes;

namespace Messaging.Faults.ClusterFaults;

/// <summary>The kinds of faults of a cluster, in the order in which <c>list</c> shows them.</summary>
internal static class AllClusterFaults
{
    private static readonly string[] Queues = ["user-registered", "log-requested", "cache-refresh-requested"];

    public static IReadOnlyList<IFault> List { get; } =
    [
        new KillNodes("node-killed", "the node that most connections go to", (system, _) => Task.FromResult<IReadOnlyList<LocalServers>>([system.Cluster.Connected()])),
        new KillNodes("leader-killed", "the node that leads a queue", async (system, random) => [await system.Broker.LeaderOfAsync(Queues[random.Next(Queues.Length)])]),
        new KillNodes("majority-killed", "two nodes at once: the third one alone takes nothing", (system, random) =>
        {
            var nodes = system.Cluster.Members.ToArray();
            random.Shuffle(nodes);
            return Task.FromResult<IReadOnlyList<LocalServers>>(nodes[..2]);
        }),
        new FreezeNode(),
        new PartNode("node-parted", LinkMode.Cut, "connections end"),
        new PartNode("node-parted-silently", LinkMode.Frozen, "nothing comes through, and nothing ends"),
        new LosePrimary("database-killed", "kill -9 of the primary", (pair, _) => LosePrimary.KillAsync(pair)),
        new LosePrimary("database-frozen-killed", "SIGSTOP of the primary, and kill -9 after a while", LosePrimary.FreezeAndKillAsync),
        new LosePrimary("database-killed-after-standby", "kill -9 of the standby, and of the primary after a while", LosePrimary.LoseStandbyFirstAsync),
        new FreezePrimary(),
        new KillStandby(),
    ];
}
