using Messaging.Outbox.Deliveries;

namespace Messaging.Outbox.FastLane;

/// <summary>
/// A delivery that a transport offers to a <see cref="FastLaneReceiver"/> before the bus sees it. It is answered
/// exactly once: acknowledged, passed to the pipeline, or abandoned. Its body is valid until the answer.
/// </summary>
internal abstract class OfferedDelivery : ReceivedMessage
{
    public override string? MediaType => ContentType?.Split(';')[0];

    public override CancellationToken CancellationToken => CancellationToken.None;

    /// <summary>The names of the transport's headers.</summary>
    public abstract IEnumerable<string> HeaderNames { get; }

    /// <summary>Acknowledges the delivery: its effects are committed, and the broker removes the message.</summary>
    public abstract void Acknowledge();

    /// <summary>Passes the delivery to the bus's pipeline, as if it had just arrived.</summary>
    public abstract void PassToPipeline();

    /// <summary>Ends the delivery without an outcome, because the endpoint stops: the broker redelivers the message.</summary>
    public abstract void Abandon();
}
