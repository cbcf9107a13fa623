namespace Messaging.Outbox.Sqlite.Connections;

/// <summary>Lets reads in, and can be closed until those that run have ended.</summary>
internal sealed class ReadGate
{
    private const int MaxPolls = 100;
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(5);

    private volatile Task _open = Task.CompletedTask;
    private int _reading;

    /// <returns>The read has ended when it is disposed.</returns>
    public async ValueTask<IDisposable> EnterAsync(CancellationToken cancellationToken)
    {
        await _open.WaitAsync(cancellationToken);
        Interlocked.Increment(ref _reading);
        return new Left(() => Interlocked.Decrement(ref _reading));
    }

    /// <summary>Closes it and waits half a second at most for the reads that run.</summary>
    /// <returns>Opens it when it is disposed.</returns>
    public async Task<IDisposable> CloseAsync()
    {
        var opened = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _open = opened.Task;
        for (var i = 0; i < MaxPolls && Volatile.Read(ref _reading) > 0; i++)
        {
            await Task.Delay(PollInterval, CancellationToken.None);
        }

        return new Left(() =>
        {
            _open = Task.CompletedTask;
            opened.SetResult();
        });
    }

    private sealed class Left(Action leave) : IDisposable
    {
        public void Dispose() => leave();
    }
}
