using Messaging.Outbox.Deliveries;

namespace Messaging.Outbox.FastLane;

/// <summary>
/// A delivery that a transport offers to a <see cref="FastLaneReceiver"/> before the bus sees it. It is answered
/// exactly once: acknowledged, passed to the pipeline, or abandoned. Its body is valid until the answer.
/// </summary>
internal abstract class OfferedDelivery : ReceivedMessage
{
    private CancellationTokenSource? _cancellation;

    public override string? MediaType => ContentType?.Split(';')[0];

    /// <summary>
    /// Cancelled when the endpoint stops, or when the consumer has to wait, which only the pipeline allows. Few consumers ask for it,
    /// so its source is created on the first use.
    /// </summary>
    public override CancellationToken CancellationToken => LazyInitializer.EnsureInitialized(
        ref _cancellation, () => CancellationTokenSource.CreateLinkedTokenSource(Stopping)).Token;

    /// <summary>Cancelled when the endpoint stops. Set when the delivery is taken.</summary>
    public CancellationToken Stopping { get; set; }

    /// <summary>The names of the transport's headers.</summary>
    public abstract IEnumerable<string> HeaderNames { get; }

    /// <summary>Cancels the consumer, which would have to wait. It runs again in the pipeline.</summary>
    public void Cancel()
    {
        if (Volatile.Read(ref _cancellation) is { } cancellation)
        {
            _ = cancellation.CancelAsync(); // its callbacks must not hold up the group
        }
    }

    /// <summary>Acknowledges the delivery: its effects are committed, and the broker removes the message.</summary>
    public abstract void Acknowledge();

    /// <summary>Passes the delivery to the bus's pipeline, as if it had just arrived.</summary>
    public abstract void PassToPipeline();

    /// <summary>Ends the delivery without an outcome, because the endpoint stops: the broker redelivers the message.</summary>
    public abstract void Abandon();
}
