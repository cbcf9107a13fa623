namespace Messaging.Outbox.Reasons;

/// <summary>A reading that all callers of this process share: it is made at most once in <see cref="MaxAge"/>, and only when somebody asks.</summary>
internal sealed class SharedReading<T>(Func<Task<T>> read, TimeProvider time)
{
    public static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private Task<T>? _latest;
    private long _startedAt;

    /// <summary>The latest reading, or a new one. A caller that gives up does not end the reading of the others.</summary>
    public Task<T> GetAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_latest is not { IsCompleted: false } && (_latest is not { IsCompletedSuccessfully: true } || time.GetElapsedTime(_startedAt) >= MaxAge))
            {
                _startedAt = time.GetTimestamp();
                _latest = read();
            }

            return _latest.WaitAsync(cancellationToken);
        }
    }

    /// <summary>The next call reads anew. Who waits for a reading gets that one.</summary>
    public void Forget()
    {
        lock (_lock)
        {
            _latest = null;
        }
    }
}
