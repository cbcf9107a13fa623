using Messaging.Faults.Load;
using Messaging.Faults.Mail;
using Messaging.Outbox;

namespace Messaging.Faults.Verdict;

/// <summary>
/// A judge who always says "clean" is of no use. So each run falsifies what it has found, one thing at a time - an effect is gone, or there twice -
/// and looks whether the verdict names it.
/// </summary>
internal sealed class SelfCheck(Evidence evidence)
{
    public int Made { get; private set; }

    /// <returns>A difference for each falsification that the judge did not see.</returns>
    public IEnumerable<Difference> Check()
    {
        var done = evidence.Requests.Where(r => r.TaskId is { } id && evidence.Database.Tasks.TryGetValue(id, out var t) && t.State == TaskState.Succeeded).ToList();
        var (log, registration) = (done.LastOrDefault(r => !r.IsRegistration), done.LastOrDefault(r => r.IsRegistration));
        IEnumerable<(string Kind, Guid? Id, Evidence Falsified)> falsified =
            [.. log is { TaskId: { } entry } ? OfEntry(log, entry) : [], .. registration is { TaskId: { } mail } ? OfMail(mail) : [], .. OfAny()];
        foreach (var (kind, id, falsification) in falsified)
        {
            Made++;
            var seen = new Judgement(falsification, checksItself: false).Differences;
            if (!seen.Any(d => d.Kind.StartsWith(kind, StringComparison.Ordinal) && d.Id == id))
            {
                yield return new Difference("the judge is blind", id, $"it was made to look like '{kind}', and the verdict did not name it");
            }
        }
    }

    private IEnumerable<(string Kind, Guid? Id, Evidence Falsified)> OfEntry(LedgerEntry request, Guid id)
    {
        var database = evidence.Database;
        yield return ("lost", id, evidence with { Database = database with { Tasks = database.Tasks.Where(t => t.Key != id).ToDictionary() } });
        yield return ("lost", id, evidence with { Database = database with { Entries = [.. database.Entries.Where(e => e.Id != id)] } });
        yield return ("effect more than once", id, evidence with { Database = database with { Entries = [.. database.Entries, new EntryRow(Guid.NewGuid(), request.Mark, null)] } });
        yield return ("stuck", id, evidence with { Database = database with { Tasks = new Dictionary<Guid, TaskRow>(database.Tasks) { [id] = database.Tasks[id] with { State = TaskState.Queued } } } });
    }

    private IEnumerable<(string Kind, Guid? Id, Evidence Falsified)> OfMail(Guid id)
    {
        yield return ("lost", id, evidence with { Mails = [.. evidence.Mails.Where(m => m.TaskId != id)] });
        var explained = evidence.Faults.Count + evidence.Workers + evidence.Mails.Count(m => m.TaskId == id);
        yield return ("mail more often", id, evidence with { Mails = [.. evidence.Mails, .. Enumerable.Repeat(new SinkMail(id, "nobody", DateTimeOffset.UtcNow, "250"), explained + 1)] });
    }

    private IEnumerable<(string Kind, Guid? Id, Evidence Falsified)> OfAny()
    {
        yield return ("never accepted", null, evidence with { Requests = [.. evidence.Requests, new LedgerEntry(0, "/log?message=never")] });
        yield return ("row left in the outbox", null, evidence with { Database = evidence.Database with { Outbox = [.. evidence.Database.Outbox, "one"] } });
    }
}
