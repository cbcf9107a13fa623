namespace Messaging.Outbox;

/// <summary>A delivery that a transport offers to a <see cref="FastLaneReceiver"/> before MassTransit sees it. It gets exactly one answer, or none when the endpoint stops.</summary>
public abstract class OfferedDelivery
{
    /// <summary>The body, which stays as it is until the answer.</summary>
    public abstract ReadOnlyMemory<byte> Body { get; }

    /// <summary>The media type of the body.</summary>
    public abstract string? ContentType { get; }

    /// <summary>The transport's headers: numbers, and texts as UTF-8 bytes or strings.</summary>
    public abstract IEnumerable<KeyValuePair<string, object?>> Headers { get; }

    /// <summary>Answers that its effects are stored, or were before: the broker may forget it.</summary>
    public abstract void Acknowledge();

    /// <summary>Answers that it is for MassTransit's pipeline after all, as if it came just now.</summary>
    public abstract void PassToPipeline();

    /// <summary>The endpoint stops before it was begun: the broker gives it to another.</summary>
    public abstract void Abandon();
}
