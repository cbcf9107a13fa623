using Messaging.Outbox.Deliveries;

namespace Messaging.Outbox.FastLane;

/// <summary>
/// A delivery that a transport offers to a <see cref="FastLaneReceiver"/> before MassTransit sees it. It gets exactly one answer, or none when the endpoint
/// stops. Its body stays as it is until the answer.
/// </summary>
internal abstract class OfferedDelivery : ReceivedMessage
{
    public override string? MediaType => ContentType?.Split(';')[0];

    public override CancellationToken CancellationToken => CancellationToken.None;

    /// <summary>The transport's headers, by their names.</summary>
    public abstract IEnumerable<string> HeaderNames { get; }

    /// <summary>Answers that its effects are stored, or were before: the broker may forget it.</summary>
    public abstract void Acknowledge();

    /// <summary>Answers that it is for MassTransit's pipeline after all, as if it came just now.</summary>
    public abstract void PassToPipeline();

    /// <summary>The endpoint stops before it was begun: the broker gives it to another.</summary>
    public abstract void Abandon();
}
