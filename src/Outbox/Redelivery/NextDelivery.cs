using MassTransit;
using MassTransit.Serialization;
using MassTransit.Transports;
using Messaging.Outbox.Deliveries;
using Messaging.Outbox.Inbox;
using Messaging.Outbox.Transport;

namespace Messaging.Outbox.Redelivery;

/// <summary>The message of a delivery once more, as a row of the outbox: to be tried again later, or for the next part of its work.</summary>
internal static class NextDelivery
{
    /// <summary>The same message, serialized as MassTransit's own redelivery does, addressed to the queue it came from.</summary>
    /// <param name="context">The delivery.</param>
    /// <param name="progress">How far it has got.</param>
    /// <param name="queues">Knows which queue takes it.</param>
    /// <param name="configure">Says what is different next time.</param>
    public static async Task<StagedMessage> CreateAsync<T>(
        ConsumeContext<T> context, DeliveryProgress progress, QueueDirectory queues, Action<SendContext<T>> configure)
        where T : class
    {
        var endpoint = await context.ReceiveContext.SendEndpointProvider.GetSendEndpoint(context.ReceiveContext.InputAddress);
        var pipe = new ForwardMessagePipe<T>(context, Pipe.Execute<SendContext<T>>(send =>
        {
            foreach (var header in OutboxHeaders.OfDelivery)
            {
                send.Headers.Set(header, null); // the transport's, of the delivery that is over
            }

            foreach (var header in OutboxHeaders.Kept)
            {
                send.Headers.Set(header, progress.Outside is { HasOwnHeaders: false } ? null : context.Received().HeaderText(header));
            }

            if (progress.Outside is { Id: var identity })
            {
                send.MessageId = identity;
                send.Headers.Set(OutboxHeaders.Outside, identity.ToString("D"));
            }

            send.Headers.Set(OutboxHeaders.Signature, null); // made anew when it is sent

            send.Headers.Set(OutboxHeaders.TaskId, progress.TaskId?.ToString("D")); // it may have been in the body alone
            if (send is PublishContext publish)
            {
                publish.Mandatory = true; // the queue may be gone by then
            }

            configure(send);
        }));
        var send = await ((ITransportSendEndpoint)endpoint).CreateSendContext(context.Message, pipe, context.CancellationToken);
        return StagedMessageFactory.Create(send, queues, track: false);
    }
}
