using System.Collections.Concurrent;
using Messaging.Outbox.Store;

namespace Messaging.Outbox.Inbox;

/// <summary>
/// The attempts under way in this process. Showing each as Running when it begins would cost a transaction a message;
/// instead those that take longer than <see cref="OutboxOptions.RunningAfter"/> are shown together, in one statement.
/// </summary>
internal sealed class RunningTasks(TimeProvider time)
{
    private readonly ConcurrentDictionary<RunningTask, bool> _shown = new();

    public IDisposable Show(IReadOnlyList<Delivery> deliveries)
    {
        var tasks = deliveries
            .Where(d => d.TaskId is not null)
            .Select(d => new RunningTask(d.TaskId!.Value, d.Progress.Attempts, d.Progress.StartedAt!.Value))
            .ToList();
        tasks.ForEach(task => _shown[task] = false);
        return new Removal(this, tasks);
    }

    /// <summary>Those that have been running for this long and have not been reported.</summary>
    public IReadOnlyList<RunningTask> TakeOlderThan(TimeSpan age)
    {
        var due = time.GetUtcNow() - age;
        return [.. _shown.Where(s => !s.Value && s.Key.StartedAt <= due && _shown.TryUpdate(s.Key, true, false)).Select(s => s.Key)];
    }

    /// <summary>Reports these again: the database did not take them.</summary>
    public void PutBack(IReadOnlyList<RunningTask> tasks)
    {
        foreach (var task in tasks)
        {
            _shown.TryUpdate(task, false, true);
        }
    }

    private sealed class Removal(RunningTasks owner, List<RunningTask> tasks) : IDisposable
    {
        public void Dispose() => tasks.ForEach(task => owner._shown.TryRemove(task, out _));
    }
}
