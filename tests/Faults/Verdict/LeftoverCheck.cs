using Messaging.Faults.Faults;
using Messaging.Faults.Schedule;

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

        foreach (var (queue, messages) in evidence.Queues.Where(q => q.Value != 0))
        {
            yield return new Difference("message left in a queue", null, $"{messages} in {queue}");
        }

        foreach (var error in evidence.Errors)
        {
            yield return new Difference("error of this program", null, error);
        }

        // The event that a cache refresh publishes has an id of its own, which nothing else bears: one for each.
        var known = database.Tasks.Keys.Concat(evidence.Poison.Select(p => p.Id)).ToHashSet();
        var events = database.InboxMessages.Count(id => !known.Contains(id));
        var keys = evidence.Requests.Count;
        var refreshes = database.Tasks.Values.Count(t => t is { Kind: "CacheRefreshRequested", State: Outbox.TaskState.Succeeded });
        if (events > refreshes + keys)
        {
            yield return new Difference("orphan rows in the inbox", null, $"{events} messages that are no task's, after {refreshes} cache refreshes and {keys} requests with a key");
        }

        foreach (var difference in CheckRollingRestarts())
        {
            yield return difference;
        }
    }

    /// <summary>While processes are restarted one after the other no attempt at a task fails.</summary>
    private IEnumerable<Difference> CheckRollingRestarts()
    {
        foreach (var (begin, end) in RollingRestart.Windows(evidence.Faults))
        {
            foreach (var attempt in evidence.Database.FailedAttempts.SelectMany(a => a).Where(a => a.StartedAt >= begin && a.StartedAt <= end))
            {
                yield return new Difference("attempt lost in a rolling restart", attempt.TaskId, $"attempt {attempt.Attempt} at {attempt.StartedAt:HH:mm:ss.fff}: {attempt.Error}");
            }
        }
    }
}
