using Messaging.Outbox.Queues;

namespace Messaging.Outbox.Direct;

/// <summary>A delivery that was taken, and has its place at the gate.</summary>
internal sealed record DirectArrival<TMessage>(OfferedDelivery Offered, DirectEnvelope<TMessage> Envelope, DirectHeaders Headers, QueueGate.Place Place)
    where TMessage : class
{
    public Guid MessageId => Envelope.MessageId!.Value;

    /// <summary>Its effects are stored, or were before.</summary>
    public void Acknowledge()
    {
        Place.Dispose();
        Offered.Acknowledge();
    }

    /// <summary>It is for the pipeline, where it comes to the gate once more.</summary>
    public void HandOn()
    {
        Place.Abandon();
        Offered.HandOn();
    }
}
