using Messaging.Faults.Load;
using Messaging.Faults.Mail;
using Messaging.Outbox;

namespace Messaging.Faults.Verdict;

/// <summary>Each accepted request is done, or has failed for a reason that a fault gives; each has its effect once.</summary>
internal sealed class RequestCheck(Evidence evidence)
{
    private readonly ILookup<Guid, SinkMail> _mails = evidence.Mails.Where(m => m.TaskId is not null).ToLookup(m => m.TaskId!.Value);
    private readonly HashSet<Guid> _entryIds = [.. evidence.Database.Entries.Select(e => e.Id)];
    private readonly ILookup<string, EntryRow> _byMessage = evidence.Database.Entries.ToLookup(e => e.Message, StringComparer.Ordinal);
    private readonly ILookup<Guid, EntryRow> _byTask = evidence.Database.Entries.Where(e => e.Task is not null).ToLookup(e => e.Task!.Value);

    public int Done { get; private set; }

    public int FailedWithReason { get; private set; }

    public IEnumerable<Difference> Check()
    {
        var known = evidence.Requests.Select(r => r.TaskId).OfType<Guid>().ToHashSet();
        return evidence.Requests.SelectMany(Check)
            .Concat(evidence.Requests.Where(r => r.TaskId is not null).GroupBy(r => r.TaskId).Where(g => g.Count() > 1)
                .Select(g => new Difference("one task for two requests", g.Key, string.Join(", ", g.Select(r => r.Path)))))
            .Concat(evidence.Database.Tasks.Values.Where(t => !known.Contains(t.Id)).SelectMany(CheckUnknown));
    }

    private IEnumerable<Difference> Check(LedgerEntry request)
    {
        if (request.TaskId is not { } id)
        {
            return [new Difference("never accepted", null, $"{request.Path}, {request.Retries} retries, last: {request.LastError}")];
        }

        if (!evidence.Database.Tasks.TryGetValue(id, out var task))
        {
            return [new Difference("lost", id, $"{request.Path}: accepted, and there is no such task")];
        }

        return (request.IsRegistration && task.State is not TaskState.Waiting ? CheckLogOf(request, id) : [])
            .Concat(request.IsRegistration ? CheckRegistration(request, task) : CheckEntry(request, task));
    }

    private IEnumerable<Difference> CheckLogOf(LedgerEntry request, Guid id)
    {
        if (_byTask[id].Count() is var entries && entries != 1)
        {
            yield return new Difference(entries == 0 ? "lost" : "effect more than once", id, $"{request.Path}: {entries} log entries of the registration");
        }

        if (evidence.Database.WelcomedByEmail[request.Mark].Count() is var users && users != 1)
        {
            yield return new Difference(users == 0 ? "lost" : "effect more than once", id, $"{request.Path}: {users} users");
        }
    }

    private IEnumerable<Difference> CheckRegistration(LedgerEntry request, TaskRow task)
    {
        switch (task.State)
        {
            case TaskState.Succeeded when _mails[task.Id].Any(m => m.IsDelivered) && evidence.Database.WelcomedByEmail[request.Mark].All(w => w):
                Done++;
                yield break;
            case TaskState.Succeeded:
                yield return new Difference("lost", task.Id, $"{request.Path}: Succeeded, with {_mails[task.Id].Count(m => m.IsDelivered)} mails, or without its note in the user's row");
                yield break;
            case TaskState.Failed when _mails[task.Id].Any(m => m.IsRejected) && task.LastError is not null:
                FailedWithReason++;
                if (evidence.Database.Letters.Count(l => l.TaskId == task.Id) is var letters && letters != 1)
                {
                    yield return new Difference("failed without one dead letter", task.Id, $"{letters} dead letters");
                }

                yield break;
            default:
                yield return NotDone(task, request.Path);
                yield break;
        }
    }

    private IEnumerable<Difference> CheckEntry(LedgerEntry request, TaskRow task)
    {
        var written = _byMessage[request.Mark].Count();
        if (written > 1)
        {
            yield return new Difference("effect more than once", task.Id, $"{request.Path}: {written} log entries");
        }

        if (task.State != TaskState.Succeeded)
        {
            yield return NotDone(task, request.Path);
        }
        else if (!_entryIds.Contains(task.Id))
        {
            yield return new Difference("lost", task.Id, $"{request.Path}: Succeeded, and there is no log entry");
        }
        else
        {
            Done++;
        }
    }

    /// <summary>What comes with a registration, and what schedules enqueue. A task after one that failed is blocked for good.</summary>
    private IEnumerable<Difference> CheckUnknown(TaskRow task)
    {
        var blocked = task.State == TaskState.Blocked
            && evidence.Database.Predecessors[task.Id].Any(p => evidence.Database.Tasks.TryGetValue(p, out var t) && t.State == TaskState.Failed);
        if (task.Kind == "Register")
        {
            yield return new Difference("accepted twice", task.Id, $"a {task.Kind} task that no answer named");
        }

        if (task.State != TaskState.Succeeded && !blocked)
        {
            yield return NotDone(task, task.Kind);
        }
    }

    private static Difference NotDone(TaskRow task, string what) => new(
        task.State == TaskState.Failed ? "failed, and no fault explains it" : $"stuck in {task.State}",
        task.Id,
        $"{what}: {task.State}, {task.Attempts} attempt(s), last error: {task.LastError ?? "none"}");
}
