namespace Messaging.Outbox.Staging;

/// <summary>Work that waits for its commit. It is either taken into a group or abandoned by its owner, never both.</summary>
internal sealed class PendingCommit(StagedWork work, TimeSpan timeout)
{
    private const int Waiting = 0, Taken = 1, Abandoned = 2;
    private readonly TaskCompletionSource<bool> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _state = Waiting;

    public StagedWork Work => work;

    /// <summary>How long its owner waits in total.</summary>
    public TimeSpan Timeout => timeout;

    public Task<bool> Completion => _completion.Task;

    /// <summary>Whether its owner has stopped waiting.</summary>
    public bool IsAbandoned { get; private set; }

    public bool TryTake() => !IsAbandoned && Interlocked.CompareExchange(ref _state, Taken, Waiting) == Waiting;

    /// <summary>Makes work that was taken but not committed available again.</summary>
    public void GiveBack() => Interlocked.CompareExchange(ref _state, Waiting, Taken);

    /// <summary>The owner stops waiting. Work that a group has already taken may still be committed.</summary>
    public void Abandon()
    {
        IsAbandoned = true;
        Interlocked.CompareExchange(ref _state, Abandoned, Waiting);
    }

    public void Complete(bool unique) => _completion.TrySetResult(unique);

    public void Fail(Exception exception)
    {
        _completion.TrySetException(exception);
        _ = _completion.Task.Exception; // marks the exception as observed: the owner may have stopped waiting
    }
}
