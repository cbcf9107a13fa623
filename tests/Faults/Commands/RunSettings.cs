using System.ComponentModel;
using Spectre.Console;
using Spectre.Console.Cli;

namespace Messaging.Faults.Commands;

/// <summary>What both kinds of run have in common.</summary>
internal abstract class SharedSettings : CommandSettings
{
    [CommandOption("--seed <N>")]
    [Description("Reproduces the faults of another run. Default: drawn, and printed.")]
    public int? Seed { get; init; }

    [CommandOption("--rate <N>")]
    [Description("Requests per second. Default 40.")]
    [DefaultValue(40)]
    public int Rate { get; init; } = 40;

    [CommandOption("--report <FILE>")]
    [Description("Writes the report there, as Markdown.")]
    public string? Report { get; init; }

    [CommandOption("--folder <FOLDER>")]
    [Description("Data of the run and logs of its processes. Default: a new one below the temporary folder. Logs are kept.")]
    public string? Folder { get; init; }

    public override ValidationResult Validate() =>
        Rate is >= 1 and <= 10_000 ? ValidationResult.Success() : ValidationResult.Error("--rate has to be 1 to 10000.");
}

/// <summary>The arguments of <c>run</c>.</summary>
internal sealed class RunSettings : SharedSettings
{
    [CommandOption("--duration <HH:MM:SS>")]
    [Description("How long load and faults last. Default 00:10:00, in which each kind of fault comes up.")]
    public TimeSpan Duration { get; init; } = TimeSpan.FromMinutes(10);

    [CommandOption("--only <KINDS>")]
    [Description("Only these kinds of faults, separated by commas; see the command list. An empty list is a run without faults.")]
    public string? Only { get; init; }

    [CommandOption("--without <KINDS>")]
    [Description("Not these kinds of faults.")]
    public string? Without { get; init; }
}

/// <summary>The arguments of <c>standalone</c>.</summary>
internal sealed class StandaloneSettings : SharedSettings
{
    [CommandOption("--rounds <N>")]
    [Description("How often the process is killed. Default 20.")]
    [DefaultValue(20)]
    public int Rounds { get; init; } = 20;
}
