using Messaging.Outbox.Queues;

namespace Messaging.Outbox.FastLane;

/// <summary>A delivery that was taken, and has its place at the gate. Of several answers the first one counts.</summary>
internal sealed class FastLaneArrival<TMessage>(OfferedDelivery offered, FastLaneEnvelope<TMessage> envelope, FastLaneHeaders headers, QueueGate.Place place)
    where TMessage : class
{
    private bool _isAnswered;

    public FastLaneEnvelope<TMessage> Envelope => envelope;

    public FastLaneHeaders Headers => headers;

    public QueueGate.Place Place => place;

    public ReadOnlyMemory<byte> Body => offered.Body;

    public Guid MessageId => envelope.MessageId!.Value;

    /// <summary>Its effects are stored, or were before.</summary>
    public void Acknowledge()
    {
        if (IsFirstAnswer())
        {
            place.Dispose();
            offered.Acknowledge();
        }
    }

    /// <summary>It is for the pipeline, where it comes to the gate once more.</summary>
    public void PassToPipeline()
    {
        if (IsFirstAnswer())
        {
            place.Abandon();
            offered.PassToPipeline();
        }
    }

    /// <summary>The endpoint stops before it was begun, and its place is given up.</summary>
    public void Abandon()
    {
        if (IsFirstAnswer())
        {
            offered.Abandon();
        }
    }

    private bool IsFirstAnswer() => !Interlocked.Exchange(ref _isAnswered, true);
}
