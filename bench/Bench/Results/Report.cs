using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Messaging.Bench.Results;

/// <summary>Writes the tables as Markdown and as JSON.</summary>
internal sealed class Report(Machine machine, IReadOnlyList<Table> tables)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public string ToMarkdown()
    {
        var text = new StringBuilder();
        text.AppendLine("# Benchmark").AppendLine().AppendLine(machine.ToString()).AppendLine();
        text.AppendLine("Medians of all rounds; the machine is shared by everything that is measured, so only ratios count.");
        foreach (var table in tables)
        {
            Write(text, table);
        }

        return text.ToString();
    }

    public string ToJson() => JsonSerializer.Serialize(
        new
        {
            machine,
            tables = tables.Select(t => new
            {
                t.Name,
                t.Unit,
                series = t.Series.Select(s => new { s.Contender, s.Median, s.Min, s.Max, s.Samples }),
                goals = t.Reached.Select(r => new { r.Goal.Of, r.Goal.To, r.Goal.AtLeast, r.Ratio, reached = r.Ratio >= r.Goal.AtLeast }),
                limits = t.Kept.Select(k => new { k.Limit.Of, k.Limit.Detail, k.Limit.Bound, k.Limit.IsLeast, k.Value, reached = k.Limit.Holds(k.Value) }),
                t.LeftOut,
                t.Errors,
            }),
        },
        Json);

    private static void Write(StringBuilder text, Table table)
    {
        var details = table.Series.SelectMany(s => s.Details).Distinct().ToList();
        text.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"## {table.Name}").AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"| | {table.Unit} | min to max |{string.Concat(details.Select(d => $" {d} |"))}");
        text.AppendLine(CultureInfo.InvariantCulture, $"|---|--:|--:|{string.Concat(details.Select(_ => "--:|"))}");
        foreach (var series in table.Series)
        {
            var more = string.Concat(details.Select(d => $" {Number(series.MedianDetail(d))} |"));
            text.AppendLine(CultureInfo.InvariantCulture, $"| {series.Contender} | {Number(series.Median)} | {Number(series.Min)} to {Number(series.Max)} |{more}");
        }

        text.AppendLine();
        foreach (var (goal, ratio) in table.Reached)
        {
            var verdict = ratio >= goal.AtLeast ? "reached" : "not reached";
            text.AppendLine(CultureInfo.InvariantCulture, $"- {goal.Of} ÷ {goal.To}: **{ratio:0.00}**, has to be at least {goal.AtLeast:0.0#}: {verdict}");
        }

        foreach (var (limit, value) in table.Kept)
        {
            var verdict = limit.Holds(value) ? "reached" : "not reached";
            text.AppendLine(CultureInfo.InvariantCulture, $"- {limit.Of}: {limit.Detail ?? table.Unit} **{Number(value)}**, has to be at {(limit.IsLeast ? "least" : "most")} {Number(limit.Bound)}: {verdict}");
        }

        foreach (var (contender, reason) in table.LeftOut)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"- {contender} was left out: {reason}");
        }

        foreach (var error in table.Errors)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"- **error**: {error}");
        }
    }

    private static string Number(double value) => double.IsNaN(value)
        ? ""
        : value.ToString(value >= 100 ? "#,0" : "0.##", CultureInfo.InvariantCulture);
}
