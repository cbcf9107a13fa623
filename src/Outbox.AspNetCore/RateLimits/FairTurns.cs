namespace Messaging.Outbox.AspNetCore;

/// <summary>
/// Limits concurrency fairly between callers. Each caller has a queue of its own. A free turn goes to the waiting caller with the
/// fewest turns, round robin among equals. A single caller can use all turns.
/// </summary>
/// <param name="turns">The number of concurrent turns.</param>
/// <param name="maxPerCaller">The maximum number of waiting requests of one caller.</param>
/// <param name="maxWaiting">The maximum number of waiting requests in total.</param>
public sealed class FairTurns(int turns, int maxPerCaller, int maxWaiting)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Caller> _callers = new(StringComparer.Ordinal);
    private readonly LinkedList<Caller> _waiting = new(); // each caller once, in the order in which they get a turn
    private int _free = turns, _queued;

    /// <summary>Waits for a turn.</summary>
    /// <param name="caller">The caller, such as <see cref="CallerAddress"/> or the name of a key.</param>
    /// <param name="patience">The maximum time to wait.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Releases the turn when disposed; null if the queue is full or the time is over.</returns>
    public async Task<IDisposable?> TryEnterAsync(string caller, TimeSpan patience, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Waiter waiter;
        lock (_lock)
        {
            var of = CallerOf(caller);
            if (_free > 0 && _queued == 0)
            {
                return Take(of);
            }

            if (of.Queue.Count >= maxPerCaller || _queued >= maxWaiting)
            {
                Forget(of);
                return null;
            }

            waiter = new Waiter();
            Enqueue(of, waiter);
        }

        try
        {
            return await waiter.Turn.Task.WaitAsync(patience, cancellationToken);
        }
        catch (TimeoutException)
        {
            await LeaveAsync(caller, waiter);
            return null;
        }
        catch (OperationCanceledException)
        {
            await LeaveAsync(caller, waiter);
            throw;
        }
    }

    private async Task LeaveAsync(string caller, Waiter waiter)
    {
        if (!Withdraw(caller, waiter))
        {
            (await waiter.Turn.Task).Dispose(); // the turn was granted at the same moment: release it
        }
    }

    private Caller CallerOf(string name)
    {
        if (!_callers.TryGetValue(name, out var caller))
        {
            _callers[name] = caller = new Caller(name);
        }

        return caller;
    }

    private void Enqueue(Caller caller, Waiter waiter)
    {
        if (caller.Queue.Count == 0)
        {
            _waiting.AddLast(caller);
        }

        caller.Queue.AddLast(waiter);
        _queued++;
    }

    private bool Withdraw(string name, Waiter waiter)
    {
        lock (_lock)
        {
            if (!_callers.TryGetValue(name, out var caller) || !caller.Queue.Remove(waiter))
            {
                return false;
            }

            _queued--;
            if (caller.Queue.Count == 0)
            {
                _waiting.Remove(caller);
                Forget(caller);
            }

            return true;
        }
    }

    private Turn Take(Caller caller)
    {
        _free--;
        caller.Running++;
        return new Turn(this, caller);
    }

    private void Release(Caller caller)
    {
        lock (_lock)
        {
            _free++;
            caller.Running--;
            while (_free > 0 && _waiting.MinBy(c => c.Running) is { } next)
            {
                _waiting.Remove(next);
                var waiter = next.Queue.First!.Value;
                next.Queue.RemoveFirst();
                _queued--;
                if (next.Queue.Count > 0)
                {
                    _waiting.AddLast(next);
                }

                waiter.Turn.SetResult(Take(next));
            }

            Forget(caller);
        }
    }

    private void Forget(Caller caller)
    {
        if (caller.Running == 0 && caller.Queue.Count == 0)
        {
            _callers.Remove(caller.Name);
        }
    }

    private sealed class Caller(string name)
    {
        public string Name { get; } = name;

        public LinkedList<Waiter> Queue { get; } = new();

        public int Running { get; set; }
    }

    private sealed class Waiter
    {
        public TaskCompletionSource<Turn> Turn { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class Turn(FairTurns turns, Caller caller) : IDisposable
    {
        private int _isReleased;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isReleased, 1) == 0)
            {
                turns.Release(caller);
            }
        }
    }
}
