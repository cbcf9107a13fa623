using Messaging.Outbox.Deliveries;

namespace Messaging.Outbox.FastLane;

/// <summary>
/// A delivery that a transport offers to a <see cref="FastLaneReceiver"/> before the bus sees it. It is answered
/// exactly once: acknowledged, passed to the pipeline, or abandoned. Its body is valid until the answer.
/// </summary>
internal abstract class OfferedDelivery : ReceivedMessage
{
    private ConsumerCancellation? _cancellation;
    private volatile bool _isCancelled;
    private volatile bool _hasEnded;

    public override string? MediaType => ContentType?.Split(';')[0];

    /// <summary>
    /// Cancelled when the endpoint stops, or when the consumer has to wait, which only the pipeline allows. Few consumers ask for it,
    /// so its source is created on the first use.
    /// </summary>
    public override CancellationToken CancellationToken => (Volatile.Read(ref _cancellation) ?? CreateCancellation()).Token;

    /// <summary>Cancelled when the endpoint stops. Set when the delivery is taken.</summary>
    public CancellationToken Stopping { get; set; }

    /// <summary>Whether its consumer has to wait, and runs again in the pipeline.</summary>
    public bool IsCancelled => _isCancelled;

    /// <summary>The names of the transport's headers.</summary>
    public abstract IEnumerable<string> HeaderNames { get; }

    /// <summary>Cancels the consumer, which would have to wait, also if it reads the token only later. It runs again in the pipeline.</summary>
    public void Cancel()
    {
        _isCancelled = true;
        Volatile.Read(ref _cancellation)?.Cancel();
    }

    /// <summary>Called once the consumer has ended.</summary>
    public void EndConsumer()
    {
        _hasEnded = true;
        Volatile.Read(ref _cancellation)?.Dispose();
    }

    /// <summary>Acknowledges the delivery: its effects are committed, and the broker removes the message.</summary>
    public abstract void Acknowledge();

    /// <summary>Passes the delivery to the bus's pipeline, as if it had just arrived.</summary>
    public abstract void PassToPipeline();

    /// <summary>Ends the delivery without an outcome, because the endpoint stops: the broker redelivers the message.</summary>
    public abstract void Abandon();

    // Published before the flags are read, so that a concurrent cancellation or end sees it, or is seen here.
    private ConsumerCancellation CreateCancellation()
    {
        var created = new ConsumerCancellation();
        if (Interlocked.CompareExchange(ref _cancellation, created, null) is { } other)
        {
            created.Dispose();
            return other;
        }

        created.Follow(Stopping);
        if (_isCancelled)
        {
            created.Cancel();
        }

        if (_hasEnded)
        {
            created.Dispose();
        }

        return created;
    }
}
