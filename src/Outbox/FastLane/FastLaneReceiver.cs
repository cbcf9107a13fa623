namespace Messaging.Outbox;

/// <summary>
/// Consumes past MassTransit's pipeline what needs nothing of it: first deliveries to a consumer that only stages rows (<see cref="IStagingConsumer"/>).
/// Those in hand together are run one after the other and committed in one transaction. Everything else goes through the pipeline, where retries,
/// redelivery, faults and dead letters live: a message that came before, one that fails here, all of a group whose commit fails
/// (docs/decisions/0022).
/// </summary>
public abstract class FastLaneReceiver
{
    private protected FastLaneReceiver()
    {
    }

    /// <summary>Takes a delivery, and answers it later. Called by several threads at once.</summary>
    /// <returns>False when it is for the pipeline; it needs no answer then.</returns>
    public abstract bool TryTake(OfferedDelivery offered);
}
