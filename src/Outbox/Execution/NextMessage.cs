using Messaging.Outbox.Deliveries;
using Messaging.Outbox.Transport;

namespace Messaging.Outbox.Execution;

/// <summary>What is different when the message of a delivery comes once more: deferred, or for the next part of its work.</summary>
/// <param name="Headers">The transport's headers to set; one with a null goes.</param>
/// <param name="Delay">When it is due, from its commit on; null for at once.</param>
/// <param name="MessageId">Its id, where it is not to have the one of the delivery.</param>
internal sealed record NextMessage(IReadOnlyDictionary<string, object?> Headers, TimeSpan? Delay, Guid? MessageId)
{
    /// <summary>A later delivery, after one that failed.</summary>
    public static NextMessage Deferred(DeliveryProgress delivery, int redelivery, TimeSpan delay)
    {
        var headers = HeadersOf(delivery);
        headers[WireHeaders.RedeliveryCount] = redelivery;
        headers[OutboxHeaders.Redeliveries] = redelivery;
        headers[OutboxHeaders.Attempts] = delivery.Attempts;
        return new NextMessage(headers, delay, delivery.Outside?.Id);
    }

    /// <summary>
    /// The next part. It has the attempts of the policy anew: this part has got somewhere. Those that are shown are one, as long as none fails.
    /// </summary>
    public static NextMessage Part(DeliveryProgress delivery)
    {
        var headers = HeadersOf(delivery);
        headers[OutboxHeaders.Part] = delivery.Part + 1;
        headers[OutboxHeaders.Attempts] = delivery.Attempts - 1;
        headers[OutboxHeaders.AttemptsBeforeRedrive] = delivery.Attempts - 1;
        return new NextMessage(headers, Delay: null, delivery.Outside?.Id);
    }

    private static Dictionary<string, object?> HeadersOf(DeliveryProgress delivery)
    {
        var headers = new Dictionary<string, object?>(StringComparer.Ordinal) { [OutboxHeaders.Signature] = null }; // made anew when it is sent
        foreach (var header in OutboxHeaders.OfDelivery)
        {
            headers[header] = null; // the transport's, of the delivery that is over
        }

        foreach (var header in OutboxHeaders.Kept)
        {
            headers[header] = delivery.Outside is { HasOwnHeaders: false } ? null : delivery.Message.HeaderText(header);
        }

        if (delivery.Outside is { Id: var identity })
        {
            headers[OutboxHeaders.Outside] = identity.ToString("D");
        }

        headers[OutboxHeaders.TaskId] = delivery.TaskId?.ToString("D"); // it may have been in the body alone
        return headers;
    }
}
