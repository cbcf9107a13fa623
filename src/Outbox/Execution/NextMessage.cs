using Messaging.Outbox.Deliveries;
using Messaging.Outbox.Transport;

namespace Messaging.Outbox.Execution;

/// <summary>What changes in a message that is sent again, deferred or for the next part of its task.</summary>
/// <param name="Headers">The transport headers to set; null removes a header.</param>
/// <param name="Delay">The delay from the commit; null for none.</param>
/// <param name="MessageId">The message's id, if it differs from the delivery's.</param>
internal sealed record NextMessage(IReadOnlyDictionary<string, object?> Headers, TimeSpan? Delay, Guid? MessageId)
{
    /// <summary>The message for a later delivery after a failed one.</summary>
    public static NextMessage Deferred(DeliveryProgress delivery, int redelivery, TimeSpan delay)
    {
        var headers = HeadersOf(delivery);
        headers[WireHeaders.RedeliveryCount] = redelivery;
        headers[OutboxHeaders.Redeliveries] = redelivery;
        headers[OutboxHeaders.Attempts] = delivery.Attempts;
        return new NextMessage(headers, delay, delivery.Outside?.Id);
    }

    /// <summary>
    /// The message for the next part. It has all attempts of the policy again, because this part made progress. Only failed
    /// attempts increase the attempt number of the task.
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
        // signed again when it is sent
        var headers = new Dictionary<string, object?>(StringComparer.Ordinal) { [OutboxHeaders.Signature] = null };
        foreach (var header in OutboxHeaders.OfDelivery.Concat(OutboxHeaders.OfTrace))
        {
            headers[header] = null; // they describe the finished delivery
        }

        foreach (var header in OutboxHeaders.Kept)
        {
            headers[header] = delivery.Outside is { HasOwnHeaders: false } ? null : delivery.Message.HeaderText(header);
        }

        if (delivery.Outside is { Id: var identity })
        {
            headers[OutboxHeaders.Outside] = identity.ToString("D");
        }

        headers[OutboxHeaders.TaskId] = delivery.TaskId?.ToString("D"); // also if only the body contains the id
        return headers;
    }
}
