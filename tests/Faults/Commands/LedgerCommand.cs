using System.Globalization;
using Messaging.Faults.Schedule;
using Messaging.Faults.Servers;
using Messaging.Faults.Verdict;
using Messaging.Faults.View;
using Spectre.Console.Cli;

namespace Messaging.Faults.Commands;

/// <summary>The real system under load and faults, and the verdict.</summary>
internal abstract class LedgerCommand : AsyncCommand<RunSettings>
{
    protected abstract string Title { get; }

    protected abstract IReadOnlyList<IFault> AllKinds { get; }

    public override async Task<int> ExecuteAsync(CommandContext context, RunSettings settings, CancellationToken cancellationToken)
    {
        var (only, without) = (Names(settings.Only), Names(settings.Without) ?? []);
        var seed = settings.Seed ?? Random.Shared.Next();
        var folder = RunFolder.Make(settings.Folder, seed);
        Console.WriteLine($"Seed {seed}, {settings.Duration}, {settings.Rate} requests/s. Logs: {folder}");

        var progress = new LiveProgress();
        var log = new FaultLog(progress.Show);
        await using var system = await SystemUnderTest.StartAsync(folder, ServersIn, log, cancellationToken);
        var kinds = Possible(system).Where(f => (only?.Contains(f.Name) ?? true) && !without.Contains(f.Name)).ToList();
        var plan = FaultPlan.Draw(kinds, seed, settings.Duration);
        var never = kinds.Select(k => k.Name).Except(plan.Select(p => p.Fault.Name)).ToList();
        Console.WriteLine($"{plan.Count} faults{(never.Count > 0 ? $"; the time is too short for {string.Join(", ", never)}" : "")}.");

        var run = new FaultRun(system, log, settings, plan);
        await progress.RunAsync(run.RunAsync(cancellationToken), run.Figures);

        var title = string.Create(
            CultureInfo.InvariantCulture,
            $"{Title}: --seed {seed} --duration {settings.Duration:c} --rate {settings.Rate}{Option("only", settings.Only)}{Option("without", settings.Without)}");
        var report = new Report(title, new Judgement(await run.GatherAsync()));
        return RunFolder.Finish(report, settings.Report ?? Path.Combine(folder, "report.md"));
    }

    protected abstract IServerSet ServersIn(string folder);

    /// <summary>The kinds that this machine can have.</summary>
    protected virtual IEnumerable<IFault> Possible(SystemUnderTest system) => AllKinds;

    private static string Option(string name, string? value) => value is null ? "" : $" --{name} {value}";

    private string[]? Names(string? list)
    {
        var names = list?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return names?.Except(AllKinds.Select(f => f.Name)).FirstOrDefault() is { } unknown
            ? throw new InvalidOperationException($"There is no fault '{unknown}'; see the command list.")
            : names;
    }
}
