namespace Messaging.Outbox.Staging;

/// <summary>Wakes the dispatcher of this process. Signals that arrive while it works count as one.</summary>
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
            // another thread released it in between
        }
    }

    /// <param name="atMost">The maximum wait; rounded up, so that a message due at its end is due then.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>Whether there was a signal.</returns>
    public Task<bool> WaitAsync(TimeSpan atMost, CancellationToken cancellationToken) =>
        _semaphore.WaitAsync(TimeSpan.FromMilliseconds(Math.Ceiling(atMost.TotalMilliseconds)), cancellationToken);

    public void Dispose() => _semaphore.Dispose();
}
