using System.Collections.Concurrent;

namespace Messaging.Outbox.Inbox;

/// <summary>
/// The attempts under way in this process. Showing each as Running when it begins would cost a transaction a message;
/// instead those that take longer than <see cref="OutboxOptions.RunningAfter"/> are shown together, in one statement.
/// </summary>
internal sealed class RunningTasks(TimeProvider time)
{
    private readonly ConcurrentDictionary<Attempt, bool> _attempts = new();

    public IDisposable Show(Attempt attempt)
    {
        _attempts[attempt] = true;
        return new Removal(this, attempt);
    }

    /// <summary>The attempts that have been running for this long.</summary>
    public IReadOnlyList<Attempt> OlderThan(TimeSpan age)
    {
        var due = time.GetUtcNow() - age;
        return [.. _attempts.Keys.Where(a => a.StartedAt <= due)];
    }

    private sealed class Removal(RunningTasks owner, Attempt attempt) : IDisposable
    {
        public void Dispose() => owner._attempts.TryRemove(attempt, out _);
    }
}
