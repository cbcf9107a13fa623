using Messaging.Outbox.Deliveries;

namespace Messaging.Outbox.FastLane;

/// <summary>
/// A delivery that a transport offers to a <see cref="FastLaneReceiver"/> before the bus sees it. It gets exactly one answer,
/// or none when the endpoint stops. Its body is valid until the answer.
/// </summary>
internal abstract class OfferedDelivery : ReceivedMessage
{
    public override string? MediaType => ContentType?.Split(';')[0];

    public override CancellationToken CancellationToken => CancellationToken.None;

    /// <summary>The names of the transport's headers.</summary>
    public abstract IEnumerable<string> HeaderNames { get; }

    /// <summary>The effects are committed now, or were before: the broker may remove the message.</summary>
    public abstract void Acknowledge();

    /// <summary>The message needs the bus's pipeline, as if it had just arrived.</summary>
    public abstract void PassToPipeline();

    /// <summary>The endpoint stops before the execution has started: the broker redelivers the message.</summary>
    public abstract void Abandon();
}
