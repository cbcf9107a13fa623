namespace Messaging.Outbox.Execution;

/// <summary>
/// Lets the attempts of a process run concurrently, and some of them isolated: while an isolated attempt runs, no other starts.
/// Running attempts have a limited time to end before an isolated one starts anyway, because an attempt can take hours.
/// </summary>
internal sealed class Isolation(TimeSpan othersMayTake, TimeProvider time) : IDisposable
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
        var turn = new Turn(LeaveAlone);
        try
        {
            Task ended;
            lock (_lock)
            {
                _door = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                _noOthers = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                ended = _others == 0 ? Task.CompletedTask : _noOthers.Task;
            }

            await Task.WhenAny(ended, Task.Delay(othersMayTake, time, cancellationToken));
            cancellationToken.ThrowIfCancellationRequested();
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

    private void LeaveAlone()
    {
        lock (_lock)
        {
            _door?.TrySetResult();
            (_door, _noOthers) = (null, null);
        }

        _oneAtATime.Release();
    }

    private sealed class Turn(Action leave) : IDisposable
    {
        public void Dispose() => leave();
    }
}
