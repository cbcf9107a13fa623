namespace Messaging.Outbox.Execution;

/// <summary>
/// Lets the attempts of a process run concurrently, and some of them isolated: while an isolated attempt runs, no other starts.
/// Both waits have a limit, because an attempt can take hours: running attempts have a limited time to end before an isolated one starts anyway, and others
/// start beside it when it has run for as long. The next isolated attempt waits for it to the end.
/// </summary>
/// <param name="longestWait">The limit of each wait.</param>
/// <param name="time">The clock of the limit.</param>
internal sealed class Isolation(TimeSpan longestWait, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim _oneAtATime = new(1, 1);
    private readonly Lock _lock = new();
    private int _others;
    private TaskCompletionSource? _door; // set while an isolated attempt waits or runs
    private TaskCompletionSource? _noOthers;

    /// <summary>Whether an isolated attempt waits or runs, so that no other starts.</summary>
    public bool IsClosed
    {
        get
        {
            lock (_lock)
            {
                return _door is not null;
            }
        }
    }

    /// <summary>Enters without isolation.</summary>
    /// <returns>A turn, which is disposed after the attempt; null if the attempt would have to wait.</returns>
    public IDisposable? TryEnter()
    {
        lock (_lock)
        {
            if (_door is not null)
            {
                return null;
            }

            _others++;
            return new Turn(LeaveOthers);
        }
    }

    /// <summary>Enters without isolation, and waits if necessary.</summary>
    public async ValueTask<IDisposable> EnterAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (TryEnter() is { } turn)
            {
                return turn;
            }

            Task opens;
            lock (_lock)
            {
                opens = _door?.Task ?? Task.CompletedTask;
            }

            await opens.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Enters with isolation: waits for other isolated attempts, and a limited time for all others.</summary>
    public async Task<IDisposable> EnterAloneAsync(CancellationToken cancellationToken)
    {
        await _oneAtATime.WaitAsync(cancellationToken);
        var door = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        ITimer? opens = null;
        var turn = new Turn(() =>
        {
            opens?.Dispose();
            Open(door);
            _oneAtATime.Release();
        });
        try
        {
            Task ended;
            lock (_lock)
            {
                _door = door;
                _noOthers = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                ended = _others == 0 ? Task.CompletedTask : _noOthers.Task;
            }

            await Task.WhenAny(ended, Task.Delay(longestWait, time, cancellationToken));
            cancellationToken.ThrowIfCancellationRequested();
            opens = time.CreateTimer(_ => Open(door), null, longestWait, Timeout.InfiniteTimeSpan);
            return turn;
        }
        catch
        {
            turn.Dispose();
            throw;
        }
    }

    public void Dispose() => _oneAtATime.Dispose();

    private void LeaveOthers()
    {
        lock (_lock)
        {
            if (--_others == 0)
            {
                _noOthers?.TrySetResult();
            }
        }
    }

    /// <summary>Opens the door, unless it is that of a later attempt by now.</summary>
    private void Open(TaskCompletionSource door)
    {
        lock (_lock)
        {
            door.TrySetResult();
            if (_door == door)
            {
                (_door, _noOthers) = (null, null);
            }
        }
    }

    private sealed class Turn(Action leave) : IDisposable
    {
        public void Dispose() => leave();
    }
}
