using Messaging.Bench.Measures;
using Messaging.Bench.Results;
using Messaging.Bench.Servers;
using Spectre.Console.Cli;

namespace Messaging.Bench.Commands;

/// <summary><c>run</c>: sets the servers up, measures, checks the counts and writes the tables.</summary>
internal sealed class RunCommand : AsyncCommand<RunSettings>
{
    public override async Task<int> ExecuteAsync(CommandContext context, RunSettings settings, CancellationToken cancellationToken)
    {
        var folder = settings.Folder ?? "/var/tmp/messaging-bench";
        Directory.CreateDirectory(folder);
        var tables = new List<Table>();
        await using (var servers = await BenchServers.StartAsync(Path.GetFullPath(folder)))
        {
            var bench = new BenchContext(servers, settings.Rounds, settings.Duration, settings.LongDuration, line => Console.WriteLine($"{DateTime.UtcNow:HH:mm:ss} {line}"));
            foreach (var measure in settings.Measures)
            {
                tables.Add(await MeasureAsync(measure, bench, cancellationToken));
            }
        }

        var report = new Report(Machine.Here(), tables);
        Console.WriteLine();
        Console.WriteLine(report.ToMarkdown());
        await WriteAsync(settings.Report, report.ToMarkdown());
        await WriteAsync(settings.Json, report.ToJson());
        return tables.Exists(t => t.Errors.Count > 0) ? 1 : 0;
    }

    /// <summary>Measures; one measure that fails does not take the others' figures with it.</summary>
    private static async Task<Table> MeasureAsync(IMeasure measure, BenchContext bench, CancellationToken cancellationToken)
    {
        try
        {
            return await measure.RunAsync(bench, cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            bench.Say($"{measure.Name} failed: {exception}");
            var table = new Table($"{measure.Name}: {measure.Description}", "", []);
            table.Errors.Add($"it failed: {exception.Message}");
            return table;
        }
    }

    private static async Task WriteAsync(string? file, string text)
    {
        if (file is not null)
        {
            await File.WriteAllTextAsync(file, text);
        }
    }
}
