using Messaging.Faults.Load;
using Messaging.Faults.Mail;
using Messaging.Faults.Schedule;

namespace Messaging.Faults.Verdict;

/// <summary>A mail that was delivered more than once, and why, as far as the faults explain it.</summary>
internal sealed record SurplusMail(Guid Id, int Copies, IReadOnlyList<string> Causes, bool IsExplained);

/// <summary>
/// A mail is there at most once more for each fault that can end a delivery between its mail and its commit, or leaves the sender
/// without a reply. So between two copies there has to be one.
/// </summary>
internal sealed class MailCheck(Evidence evidence)
{
    /// <summary>How long the effect of a fault may outlast its healing: a worker waits for the database, or connects again.</summary>
    private static readonly TimeSpan Aftermath = TimeSpan.FromSeconds(15);

    public IReadOnlyList<SurplusMail> Surplus { get; } =
    [
        .. evidence.Mails.Where(m => m is { IsDelivered: true, TaskId: not null }).GroupBy(m => m.TaskId!.Value).Where(g => g.Count() > 1)
            .Select(g => Explain(g.Key, [.. g.OrderBy(m => m.At)], Windows(evidence.Faults))),
    ];

    public IEnumerable<Difference> Check()
    {
        var known = evidence.Requests.Select(r => r.TaskId).OfType<Guid>()
            .Concat(evidence.Poison.Where(p => p.End == PoisonEnd.Mail).Select(p => p.Id)).ToHashSet();
        foreach (var mail in evidence.Mails.Where(m => m.TaskId is not { } id || !known.Contains(id)))
        {
            yield return new Difference("mail of nobody's", mail.TaskId, $"to {mail.To} at {mail.At:HH:mm:ss.fff}");
        }

        foreach (var surplus in Surplus.Where(s => !s.IsExplained))
        {
            yield return new Difference("mail more often than faults explain", surplus.Id, $"{surplus.Copies} copies; {string.Join("; ", surplus.Causes)}");
        }
    }

    private static SurplusMail Explain(Guid id, IReadOnlyList<SinkMail> copies, List<(DateTimeOffset From, DateTimeOffset To, string What)> windows)
    {
        var causes = new List<string>();
        var explained = true;
        foreach (var (before, after) in copies.Zip(copies.Skip(1)))
        {
            var cause = before.Reply is null
                ? "the mail server gave no reply"
                : string.Join(", ", windows.Where(w => w.From <= after.At && w.To >= before.At).Select(w => w.What).Distinct());
            explained &= cause.Length > 0;
            causes.Add($"{before.At:HH:mm:ss.fff} and {after.At:HH:mm:ss.fff}: {(cause.Length > 0 ? cause : "no fault in between")}");
        }

        return new SurplusMail(id, copies.Count, causes, explained);
    }

    private static List<(DateTimeOffset From, DateTimeOffset To, string What)> Windows(IReadOnlyList<FaultEvent> events)
    {
        var windows = new List<(DateTimeOffset, DateTimeOffset, string)>();
        foreach (var entry in events.Where(e => e.MayRepeatMail))
        {
            if (entry.Kind == FaultKind.Crash)
            {
                windows.Add((entry.At, entry.At, $"{entry.What} crashed"));
            }
            else if (entry.Kind == FaultKind.Begin)
            {
                var end = events.FirstOrDefault(e => e.Kind == FaultKind.End && e.What == entry.What && e.At > entry.At)?.At ?? DateTimeOffset.MaxValue - Aftermath;
                windows.Add((entry.At, end + Aftermath, entry.What));
            }
        }

        return windows;
    }
}
