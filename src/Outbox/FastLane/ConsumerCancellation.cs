namespace Messaging.Outbox.FastLane;

/// <summary>
/// Cancels the consumer of one delivery, also when its endpoint stops. It has to be disposed: the endpoint's token lives for as
/// long as the process, and would keep one registration for each delivery.
/// </summary>
internal sealed class ConsumerCancellation : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly Lock _lock = new();
    private CancellationTokenRegistration _stop;
    private bool _isDisposed;

    public ConsumerCancellation() => Token = _source.Token;

    /// <summary>The token, which may still be read and registered with after the end.</summary>
    public CancellationToken Token { get; }

    /// <summary>Cancels the consumer when its endpoint stops.</summary>
    public void Follow(CancellationToken stopping)
    {
        lock (_lock)
        {
            if (!_isDisposed)
            {
                _stop = stopping.UnsafeRegister(static cancellation => ((ConsumerCancellation)cancellation!).Cancel(), this);
            }
        }
    }

    /// <summary>Cancels the consumer. Its callbacks do not hold up the caller.</summary>
    public void Cancel()
    {
        try
        {
            _ = _source.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // The consumer has ended already.
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
            _stop.Unregister(); // without waiting for a callback that is running
        }

        _source.Dispose();
    }
}
