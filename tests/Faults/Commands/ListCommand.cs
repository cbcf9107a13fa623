using Messaging.Faults.Faults;
using Spectre.Console;
using Spectre.Console.Cli;

namespace Messaging.Faults.Commands;

/// <summary><c>list</c>: the kinds of faults.</summary>
internal sealed class ListCommand : Command
{
    public override int Execute(CommandContext context, CancellationToken cancellationToken)
    {
        var table = new Table().AddColumn("fault").AddColumn("what happens").AddColumn("seconds");
        foreach (var fault in AllFaults.List)
        {
            table.AddRow(fault.Name.EscapeMarkup(), fault.Description.EscapeMarkup(), $"{fault.Hold.Min}-{fault.Hold.Max}");
        }

        AnsiConsole.Write(table);
        return 0;
    }
}
