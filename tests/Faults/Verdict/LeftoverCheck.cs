using Messaging.Faults.Faults;
using Messaging.Faults.Load;

namespace Messaging.Faults.Verdict;

/// <summary>Nothing is left in outbox and queues, and no inbox row is of a message that nobody knows.</summary>
internal sealed class LeftoverCheck(Evidence evidence)
{
    public IEnumerable<Difference> Check()
    {
        var database = evidence.Database;
        foreach (var row in database.Outbox)
        {
            yield return new Difference("row left in the outbox", null, row);
        }

        if (database.SentBatches > 0)
        {
            yield return new Difference("row left in sent_messages", null, $"{database.SentBatches} batches, though all of their tasks should have ended");
        }

        foreach (var (queue, messages) in evidence.Queues.Where(q => q.Value != 0))
        {
            yield return new Difference("message left in a queue", null, $"{messages} in {queue}");
        }

        foreach (var error in evidence.Errors)
        {
            yield return new Difference("a fault could not be applied or healed", null, error);
        }

        if (CheckInbox() is { } orphans)
        {
            yield return orphans;
        }

        foreach (var difference in CheckRollingRestarts())
        {
            yield return difference;
        }
    }

    /// <summary>A welcome mail and a cache refresh each publish one event, whose id nothing else bears. All other messages are known.</summary>
    private Difference? CheckInbox()
    {
        var database = evidence.Database;
        var known = database.Tasks.Keys.Concat(database.Answers).Concat(evidence.Poison.Select(p => p.Id)).ToHashSet();
        var unknown = database.InboxMessages.Count(id => !known.Contains(id));
        var events = database.Tasks.Values.Count(t => t is { State: Outbox.TaskState.Succeeded, Kind: "CacheRefreshRequested" or "Register" })
            + evidence.Poison.Count(p => p.End == PoisonEnd.Mail);
        return unknown > events
            ? new Difference("orphan rows in the inbox", null, $"{unknown} messages that are no task's and no answer's; {events} events were published at most")
            : null;
    }

    /// <summary>While processes are restarted one after the other no attempt at a task fails.</summary>
    private IEnumerable<Difference> CheckRollingRestarts()
    {
        foreach (var (begin, end) in RollingRestart.Windows(evidence.Faults))
        {
            foreach (var attempt in evidence.Database.FailedAttempts.SelectMany(a => a).Where(a => a.StartedAt >= begin && a.EndedAt <= end))
            {
                yield return new Difference("attempt lost in a rolling restart", attempt.TaskId, $"attempt {attempt.Attempt} at {attempt.StartedAt:HH:mm:ss.fff}: {attempt.Error}");
            }
        }
    }
}
