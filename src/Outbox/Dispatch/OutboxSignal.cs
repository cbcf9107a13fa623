namespace Messaging.Outbox.Dispatch;

/// <summary>Wakes the dispatcher of this process. Signals that come while it works are one signal.</summary>
internal sealed class OutboxSignal : IDisposable
{
    private readonly SemaphoreSlim _semaphore = new(0, 1);

    public void Set()
    {
        try
        {
            if (_semaphore.CurrentCount == 0)
            {
                _semaphore.Release();
            }
        }
        catch (SemaphoreFullException)
        {
            // Another thread signalled between the look and the release.
        }
    }

    /// <param name="atMost">How long to wait; rounded up, so that what is due by then is.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Whether there was a signal.</returns>
    public Task<bool> WaitAsync(TimeSpan atMost, CancellationToken cancellationToken) =>
        _semaphore.WaitAsync(TimeSpan.FromMilliseconds(Math.Ceiling(atMost.TotalMilliseconds)), cancellationToken);

    public void Dispose() => _semaphore.Dispose();
}
