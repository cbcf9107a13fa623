using Messaging.Faults.Load;
using Messaging.Faults.Mail;
using Messaging.Faults.Schedule;

namespace Messaging.Faults.Verdict;

/// <summary>A mail that was delivered more than once, and why, as far as the faults explain it.</summary>
internal sealed record SurplusMail(Guid Id, IReadOnlyList<SinkMail> Mails, IReadOnlyList<string> Causes, bool IsExplained)
{
    public int Copies => Mails.Count;
}

/// <summary>
/// A mail is there at most once more for each fault that can end a delivery between its mail and its commit, or have its message sent twice,
/// or leaves the sender without a reply. So a mail has at least as many of these, since its request, as it has surplus copies. The
/// cause may be long before the first copy: two copies of a message wait in the queue, and two workers take them at once. Whose message a
/// outsider published many times may be there once for each worker, and no more: each sees its own copies only.
/// </summary>
internal sealed class MailCheck
{
    /// <summary>How long the effect of a fault may outlast its healing: a worker waits for the database, or connects again.</summary>
    private static readonly TimeSpan Aftermath = TimeSpan.FromSeconds(15);

    private readonly Evidence _evidence;

    public MailCheck(Evidence evidence)
    {
        _evidence = evidence;
        var since = evidence.Requests.Where(r => r.TaskId is not null).Select(r => (Id: r.TaskId!.Value, At: r.SentAt))
            .Concat(evidence.Poison.Select(p => (p.Id, At: p.Since))).ToLookup(r => r.Id, r => r.At);
        var causes = Causes(evidence.Faults);
        Surplus =
        [
            .. evidence.Mails.Where(m => m is { IsDelivered: true, TaskId: not null }).GroupBy(m => m.TaskId!.Value).Where(g => g.Count() > 1)
                .Select(g => Explain(g.Key, [.. g.OrderBy(m => m.At)], since[g.Key].FirstOrDefault(), [.. causes, .. CausesOf(g.Key)])),
        ];
    }

    public IReadOnlyList<SurplusMail> Surplus { get; }

    public IEnumerable<Difference> Check()
    {
        var known = _evidence.Requests.Select(r => r.TaskId).OfType<Guid>()
            .Concat(_evidence.Poison.Where(p => p.End == PoisonEnd.Mail).Select(p => p.Id)).ToHashSet();
        foreach (var mail in _evidence.Mails.Where(m => m.TaskId is not { } id || !known.Contains(id)))
        {
            yield return new Difference("mail of nobody's", mail.TaskId, $"to {mail.To} at {mail.At:HH:mm:ss.fff}");
        }

        foreach (var surplus in Surplus.Where(s => !s.IsExplained))
        {
            yield return new Difference("mail more often than faults explain", surplus.Id, $"{surplus.Copies} copies; {string.Join("; ", surplus.Causes)}");
        }
    }

    private IEnumerable<(DateTimeOffset From, DateTimeOffset To, string What)> CausesOf(Guid id) =>
        _evidence.Poison.Where(p => p.Id == id && p.Copies > 1).SelectMany(p => Enumerable.Repeat(
            (p.Since, DateTimeOffset.MaxValue, $"its message was published {p.Copies} times until {p.At:HH:mm:ss}, to {_evidence.Workers} workers"), _evidence.Workers - 1));

    private static SurplusMail Explain(
        Guid id, IReadOnlyList<SinkMail> copies, DateTimeOffset since, List<(DateTimeOffset From, DateTimeOffset To, string What)> causes)
    {
        var found = copies.SkipLast(1).Where(m => m.Reply is null).Select(m => $"{m.At:HH:mm:ss} no reply")
            .Concat(causes.Where(c => c.From <= copies[^1].At && c.To >= since).Select(c => $"{c.From:HH:mm:ss} {c.What}")).ToList();
        return new SurplusMail(id, copies, found, copies.Count - 1 <= found.Count);
    }

    private static List<(DateTimeOffset From, DateTimeOffset To, string What)> Causes(IReadOnlyList<FaultEvent> events)
    {
        var causes = new List<(DateTimeOffset, DateTimeOffset, string)>();
        foreach (var entry in events.Where(e => e.MayRepeatMail))
        {
            if (entry.Kind == FaultKind.Crash)
            {
                causes.Add((entry.At, entry.At, $"{entry.What} crashed"));
            }
            else if (entry.Kind == FaultKind.Begin)
            {
                var end = events.FirstOrDefault(e => e.Kind == FaultKind.End && e.What == entry.What && e.At > entry.At)?.At ?? DateTimeOffset.MaxValue - Aftermath;
                causes.Add((entry.At, end + Aftermath, entry.What));
            }
        }

        return causes;
    }
}
