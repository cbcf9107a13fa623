using System.Collections.Concurrent;

namespace Messaging.Outbox.Tasks;

/// <summary>
/// The attempts that are running in this process. Writing the state Running at each start would cost a transaction for each
/// message; instead, attempts that take longer than <see cref="OutboxOptions.RunningAfter"/> are written together in one
/// statement.
/// </summary>
internal sealed class RunningTasks(StoreClock time)
{
    private readonly ConcurrentDictionary<Attempt, bool> _attempts = new();
    private TaskCompletionSource? _awaited;

    public IDisposable Show(Attempt attempt)
    {
        _attempts[attempt] = true;
        Volatile.Read(ref _awaited)?.TrySetResult();
        return new Removal(this, attempt);
    }

    /// <summary>Waits until there is an attempt, which avoids polling while there is none.</summary>
    public Task WaitForOneAsync(CancellationToken cancellationToken)
    {
        var awaited = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Interlocked.Exchange(ref _awaited, awaited);
        if (!_attempts.IsEmpty)
        {
            awaited.TrySetResult();
        }

        return awaited.Task.WaitAsync(cancellationToken);
    }

    /// <summary>The attempts that have been running for at least this long.</summary>
    public IReadOnlyList<Attempt> OlderThan(TimeSpan age)
    {
        var due = time.GetUtcNow() - age;
        return [.. _attempts.Keys.Where(a => a.StartedAt <= due)];
    }

    /// <summary>The attempts that go on although their token was cancelled this long ago, once each.</summary>
    public IReadOnlyList<Attempt> TakeLate(TimeSpan grace)
    {
        var now = time.GetUtcNow();
        var late = _attempts.Keys.Where(a => a is { IsKnownToBeLate: false, Deadline: { } deadline } && a.StartedAt + deadline.TimeLimit + grace <= now).ToList();
        late.ForEach(attempt => attempt.IsKnownToBeLate = true);
        return late;
    }

    private sealed class Removal(RunningTasks owner, Attempt attempt) : IDisposable
    {
        public void Dispose() => owner._attempts.TryRemove(attempt, out _);
    }
}
