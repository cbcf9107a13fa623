using Messaging.Bench.Measures;
using Spectre.Console;
using Spectre.Console.Cli;

namespace Messaging.Bench.Commands;

/// <summary><c>list</c>: what can be measured.</summary>
internal sealed class ListCommand : Command
{
    public override int Execute(CommandContext context, CancellationToken cancellationToken)
    {
        var table = new Spectre.Console.Table().AddColumns("measure", "what is measured");
        foreach (var measure in AllMeasures.List)
        {
            table.AddRow(measure.Name, Markup.Escape(measure.Description));
        }

        AnsiConsole.Write(table);
        return 0;
    }
}
