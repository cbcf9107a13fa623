using Messaging.Faults.Load;
using Messaging.Faults.Schedule;

namespace Messaging.Faults.Verdict;

/// <summary>What outsiders published has ended as it has to: as one dead letter, or with one effect.</summary>
internal sealed class PoisonCheck(Evidence evidence)
{
    public int AsExpected { get; private set; }

    public IEnumerable<Difference> Check() => evidence.Poison.SelectMany(Check);

    private IEnumerable<Difference> Check(Poison poison)
    {
        var letters = evidence.Database.Letters.Count(l => l.MessageId == poison.Id);
        var entries = evidence.Database.Entries.Count(e => e.Id == poison.Id);
        var mails = Math.Min(1, evidence.Mails.Count(m => m.TaskId == poison.Id && m.IsDelivered));
        var (found, other) = poison.End switch
        {
            PoisonEnd.DeadLetter => (letters, entries + mails),
            PoisonEnd.LogEntry => (entries, letters + mails),
            _ => (mails, letters + entries),
        };
        if (found == 1 && other == 0)
        {
            AsExpected++;
        }
        else if (found > 1 || other > 0 || (poison.IsConfirmed && !WasInADeletedQueue(poison) && !WasRejected(poison)))
        {
            yield return new Difference(
                "poison that did not end as it has to", poison.Id, $"{poison.What}, to end as {poison.End}: {letters} dead letters, {entries} log entries, mail: {mails}");
        }
    }

    /// <summary>It had no task: what a queue takes with it is then gone.</summary>
    private bool WasInADeletedQueue(Poison poison) =>
        evidence.Faults.Any(f => f is { What: "queue-deleted", Kind: FaultKind.Begin } && f.At > poison.At.AddSeconds(-60));

    private bool WasRejected(Poison poison) => evidence.Mails.Any(m => m.TaskId == poison.Id && m.IsRejected);
}
