using Messaging.Faults.ClusterFaults;
using Messaging.Faults.Schedule;
using Messaging.Faults.Servers;

namespace Messaging.Faults.Commands;

/// <summary><c>cluster</c>: three RabbitMQ nodes, and a PostgreSQL with a synchronous standby.</summary>
internal sealed class ClusterCommand : LedgerCommand
{
    protected override string Title => "Fault ledger of a cluster";

    protected override IReadOnlyList<IFault> AllKinds => AllClusterFaults.List;

    protected override IServerSet ServersIn(string folder) => new Cluster(folder);
}
