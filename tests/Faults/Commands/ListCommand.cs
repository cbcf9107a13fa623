using Messaging.Faults.ClusterFaults;
using Messaging.Faults.Faults;
using Messaging.Faults.Schedule;
using Spectre.Console;
using Spectre.Console.Cli;

namespace Messaging.Faults.Commands;

/// <summary><c>list</c>: the kinds of faults.</summary>
internal sealed class ListCommand : Command
{
    public override int Execute(CommandContext context, CancellationToken cancellationToken)
    {
        Write("run", AllFaults.List);
        Write("cluster", AllClusterFaults.List);
        return 0;
    }

    private static void Write(string command, IReadOnlyList<IFault> faults)
    {
        var table = new Table().Title(command).AddColumn("fault").AddColumn("what happens").AddColumn("seconds");
        foreach (var fault in faults)
        {
            table.AddRow(fault.Name.EscapeMarkup(), fault.Description.EscapeMarkup(), $"{fault.Hold.Min}-{fault.Hold.Max}");
        }

        AnsiConsole.Write(table);
    }
}
