using Messaging.Faults.Faults;
using Messaging.Faults.Schedule;
using Messaging.Faults.Servers;

namespace Messaging.Faults.Commands;

/// <summary><c>run</c>: one PostgreSQL and one RabbitMQ.</summary>
internal sealed class RunCommand : LedgerCommand
{
    protected override string Title => "Fault ledger";

    protected override IReadOnlyList<IFault> AllKinds => AllFaults.List;

    protected override IServerSet ServersIn(string folder) => new SingleServers(folder);

    protected override IEnumerable<IFault> Possible(SystemUnderTest system)
    {
        if (system.Servers.HasSmallDisk)
        {
            return AllKinds;
        }

        Console.WriteLine($"No small file system can be mounted here: {DiskFull.FaultName} is left out.");
        return AllKinds.Where(f => f.Name != DiskFull.FaultName);
    }
}
