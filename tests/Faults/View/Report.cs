using System.Globalization;
using System.Text;
using Messaging.Faults.Faults;
using Messaging.Faults.Schedule;
using Messaging.Faults.Verdict;
using Spectre.Console;

namespace Messaging.Faults.View;

/// <summary>The verdict, as a table on the console and as Markdown.</summary>
internal sealed class Report(string title, Judgement judgement)
{
    private const int MaxHistories = 50;
    private const int Printed = 20;
    private readonly Evidence _evidence = judgement.Evidence;

    private IReadOnlyList<(string Name, string Value)> Figures => [.. Count().Select(f => (f.Name, f.Value.ToString(CultureInfo.InvariantCulture)))];

    public bool IsClean => judgement.IsClean;

    public void Print()
    {
        var table = new Table().Title(title).AddColumn("").AddColumn(new TableColumn("").RightAligned()).HideHeaders();
        foreach (var (name, value) in Figures)
        {
            table.AddRow(name, value);
        }

        AnsiConsole.Write(table);
        foreach (var difference in judgement.Differences.Take(Printed))
        {
            AnsiConsole.WriteLine($"{difference.Kind} {difference.Id} {difference.Details[..Math.Min(difference.Details.Length, 200)]}");
        }

        AnsiConsole.MarkupLine(judgement.IsClean ? "[green]The verdict is clean.[/]" : $"[red]{judgement.Differences.Count} difference(s).[/]");
    }

    public string ToMarkdown()
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"# {title}\n");
        text.AppendLine("| | |\n|---|--:|");
        foreach (var (name, value) in Figures)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"| {name} | {value} |");
        }

        text.AppendLine("\n## Faults of each kind\n\n| fault | times |\n|---|--:|");
        foreach (var kind in _evidence.Faults.Where(f => f.Kind == FaultKind.Begin).GroupBy(f => f.What).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"| {kind.Key} | {kind.Count()} |");
        }

        PauseTable.Append(text, Pause.Of(_evidence));
        AppendRollingRestarts(text);
        AppendFailures(text);
        AppendSurplus(text);
        AppendDifferences(text);
        text.AppendLine("\n## Sessions of the database that are not idle\n");
        foreach (var session in _evidence.Sessions)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"- {session}");
        }

        text.AppendLine("\n## The faults in order\n\n```");
        foreach (var entry in _evidence.Faults)
        {
            text.AppendLine(EventText.Of(entry));
        }

        return text.AppendLine("```").ToString();
    }

    private IEnumerable<(string Name, int Value)> Count()
    {
        var retried = _evidence.Requests.Where(r => r.Retries > 0).ToList();
        yield return ("requests", _evidence.Requests.Count);
        yield return ("of these retried", retried.Count);
        yield return ("accepted", judgement.Accepted);
        yield return ("done", judgement.Done);
        yield return ("failed with a reason", judgement.FailedWithReason);
        yield return ("lost", judgement.Count("lost"));
        yield return ("effects more than once", judgement.Count("effect more than once"));
        yield return ("stuck", judgement.Count("stuck"));
        yield return ("tasks in all", _evidence.Database.Tasks.Count);
        yield return ("mails delivered", _evidence.Mails.Count(m => m.IsDelivered));
        yield return ("mails delivered again, explained", judgement.Surplus.Count(s => s.IsExplained));
        yield return ("mails delivered again, not explained", judgement.Surplus.Count(s => !s.IsExplained));
        yield return ("faults", _evidence.Faults.Count(f => f.Kind == FaultKind.Begin));
        yield return ("processes that died", _evidence.Faults.Count(f => f.Kind == FaultKind.Crash));
        yield return ("messages from outsiders", _evidence.Poison.Count);
        yield return ("of these ended as they have to", judgement.PoisonAsExpected);
        yield return ("rows left in the outbox", _evidence.Database.Outbox.Count);
        yield return ("messages left in queues", (int)_evidence.Queues.Values.Sum());
        yield return ("falsifications that the judge looked for", judgement.Falsifications);
        yield return ("of these not seen", judgement.Count("the judge is blind"));
        yield return ("differences", judgement.Differences.Count);
    }

    private void AppendRollingRestarts(StringBuilder text)
    {
        foreach (var (begin, end) in RollingRestart.Windows(_evidence.Faults))
        {
            var during = _evidence.Requests.Where(r => r.SentAt >= begin && r.SentAt <= end).ToList();
            var slowest = during.Where(r => r.AcceptedAt is not null).Select(r => r.AcceptedAt!.Value - r.SentAt).DefaultIfEmpty().Max();
            text.AppendLine(CultureInfo.InvariantCulture, $"\nRolling restart {begin:HH:mm:ss} to {end:HH:mm:ss}: {during.Count} requests, {during.Count(r => r.TaskId is null)} failed, {during.Count(r => r.Retries > 0)} retried, the slowest took {slowest.TotalMilliseconds:0} ms.");
        }
    }

    private void AppendFailures(StringBuilder text)
    {
        text.AppendLine("\n## Why tasks failed\n\n| reason | tasks |\n|---|--:|");
        foreach (var reason in _evidence.Database.Tasks.Values.Where(t => t.State == Outbox.TaskState.Failed).GroupBy(t => t.LastError))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"| {reason.Key} | {reason.Count()} |");
        }
    }

    private void AppendSurplus(StringBuilder text)
    {
        text.AppendLine("\n## Mails delivered more than once\n\n| task | copies | faults since the request |\n|---|--:|---|");
        foreach (var surplus in judgement.Surplus)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"| {surplus.Id} | {string.Join(", ", surplus.Mails.Select(m => $"{m.At:HH:mm:ss.fff}"))} | {string.Join(", ", surplus.Causes)} |");
        }
    }

    private void AppendDifferences(StringBuilder text)
    {
        text.AppendLine("\n## Differences\n");
        foreach (var kind in judgement.Differences.GroupBy(d => d.Kind))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"- {kind.Key}: {kind.Count()}");
        }

        foreach (var difference in judgement.Differences.Take(MaxHistories))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"\n### {difference.Kind} {difference.Id}\n\n{difference.Details}\n\n```");
            foreach (var line in difference.Id is { } id ? History.Of(id, _evidence) : [])
            {
                text.AppendLine(line);
            }

            text.AppendLine("```");
        }
    }
}
