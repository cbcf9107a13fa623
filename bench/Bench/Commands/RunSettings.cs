using System.ComponentModel;
using Messaging.Bench.Measures;
using Spectre.Console;
using Spectre.Console.Cli;

namespace Messaging.Bench.Commands;

/// <summary>The options of <c>run</c>.</summary>
internal sealed class RunSettings : CommandSettings
{
    [CommandOption("--only <NAMES>")]
    [Description("Only these measures, separated by commas; see the command list.")]
    public string? Only { get; init; }

    [CommandOption("--rounds <NUMBER>")]
    [Description("How often each contender is measured, in turns. Default 3.")]
    [DefaultValue(3)]
    public int Rounds { get; init; }

    [CommandOption("--duration <TIME>")]
    [Description("How long the load of a round is, after a warm-up of 12 s (30 s for the API beside a dispatcher and a worker). Default 00:00:10.")]
    [DefaultValue("00:00:10")]
    public TimeSpan Duration { get; init; }

    [CommandOption("--long-duration <TIME>")]
    [Description("How long the load of the measure 'growth' is. Default 00:02:00.")]
    [DefaultValue("00:02:00")]
    public TimeSpan LongDuration { get; init; }

    [CommandOption("--report <FILE>")]
    [Description("Where the tables are written to, as Markdown.")]
    public string? Report { get; init; }

    [CommandOption("--json <FILE>")]
    [Description("Where the figures are written to, as JSON.")]
    public string? Json { get; init; }

    [CommandOption("--folder <FOLDER>")]
    [Description("Where the servers' data lie meanwhile; on a real disk, so that an fsync is one. Default /var/tmp/messaging-bench.")]
    public string? Folder { get; init; }

    /// <summary>What is to be measured.</summary>
    public IReadOnlyList<IMeasure> Measures => [.. AllMeasures.List.Where(m => Names is null || Names.Contains(m.Name))];

    private string[]? Names => Only?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    public override ValidationResult Validate() => this switch
    {
        { Rounds: < 1 or > 100 } => ValidationResult.Error("--rounds has to be 1 to 100."),
        { Duration: var d } when d < TimeSpan.FromSeconds(1) || d > TimeSpan.FromMinutes(10) => ValidationResult.Error("--duration has to be 1 s to 10 min."),
        { LongDuration: var d } when d < TimeSpan.FromSeconds(30) || d > TimeSpan.FromHours(24) => ValidationResult.Error("--long-duration has to be 30 s to 24 h."),
        _ when Names?.Except(AllMeasures.List.Select(m => m.Name)).FirstOrDefault() is { } unknown =>
            ValidationResult.Error($"There is no measure '{unknown}'; see the command list."),
        _ => ValidationResult.Success(),
    };
}
