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

    public Task WaitAsync(TimeSpan atMost, CancellationToken cancellationToken) => _semaphore.WaitAsync(atMost, cancellationToken);

    public void Dispose() => _semaphore.Dispose();
}
