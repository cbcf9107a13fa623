using System.Globalization;
using System.Text;
using Messaging.Faults.Verdict;

namespace Messaging.Faults.View;

/// <summary>What each kind of fault cost, and each fault.</summary>
internal static class PauseTable
{
    private const string Columns =
        "lasted | longest without an accepted request | longest without an effect | slowest to be accepted | slowest from there to its end | log lines |";

    public static void Append(StringBuilder text, IReadOnlyList<Pause> pauses)
    {
        text.AppendLine("\n## The pauses of each kind\n\nIn seconds; of each the median and the worst.\n");
        text.AppendLine(CultureInfo.InvariantCulture, $"| fault | times | {Columns}\n|---|--:|--:|--:|--:|--:|--:|--:|");
        foreach (var kind in pauses.GroupBy(p => p.Fault.What).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"| {kind.Key} | {kind.Count()} | {Both(kind, p => p.Lasted.TotalSeconds)} | {Both(kind, p => p.Accepted.TotalSeconds)} | {Both(kind, p => p.Effects.TotalSeconds)} | {Both(kind, p => p.SlowestAccept.TotalSeconds)} | {Both(kind, p => p.SlowestEffect.TotalSeconds)} | {Both(kind, p => p.LogLines)} |");
        }

        text.AppendLine(CultureInfo.InvariantCulture, $"\n## The pause of each fault\n\n| at | fault | {Columns}\n|---|---|--:|--:|--:|--:|--:|--:|");
        foreach (var p in pauses)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"| {p.Fault.At:HH:mm:ss} | {p.Fault.What} | {p.Lasted.TotalSeconds:0.0} | {p.Accepted.TotalSeconds:0.0} | {p.Effects.TotalSeconds:0.0} | {p.SlowestAccept.TotalSeconds:0.0} | {p.SlowestEffect.TotalSeconds:0.0} | {p.LogLines} |");
        }
    }

    private static string Both(IEnumerable<Pause> pauses, Func<Pause, double> value)
    {
        var values = pauses.Select(value).Order().ToList();
        return string.Create(CultureInfo.InvariantCulture, $"{values[values.Count / 2]:0.#} / {values[^1]:0.#}");
    }
}
