using System.Text.RegularExpressions;

namespace Messaging.EndToEnd.Tests.Fuzz;

/// <summary>Looks through a console's log for errors, and for stack traces of whatever level.</summary>
internal static partial class FuzzLog
{
    // A dead letter of a worker is an error by intent, and its task has the reason: a broken image, or a message that an operator has made up.
    private static readonly string[] OfWorkers = ["MassTransit.ReceiveTransport[", "Messaging.Outbox.DeadLetters[", "Messaging.Outbox.Execution.DeadLettering[", "MassTransit[", "MassTransit.Messages["];

    public static IEnumerable<string> Findings(string output) => Entries(output)
        .Where(entry => !OfWorkers.Any(category => entry[6..].StartsWith(category, StringComparison.Ordinal)))
        .Where(entry => entry.StartsWith("fail:", StringComparison.Ordinal) || entry.StartsWith("crit:", StringComparison.Ordinal) || StackPattern().IsMatch(entry))
        .Select(entry => "log: " + string.Join('\n', entry.Split('\n').Take(16)));

    private static IEnumerable<string> Entries(string output) => EntryPattern().Split(output).Where(entry => entry.Length > 6);

    [GeneratedRegex("^(?=(?:trce|dbug|info|warn|fail|crit|Unha): )", RegexOptions.Multiline, matchTimeoutMilliseconds: 30_000)]
    private static partial Regex EntryPattern();

    [GeneratedRegex(@"^\s+at [A-Za-z_.]+", RegexOptions.Multiline, matchTimeoutMilliseconds: 30_000)]
    private static partial Regex StackPattern();
}
