using MassTransit;
using MassTransit.Serialization;
using MassTransit.Transports;
using Messaging.Outbox.Execution;
using Messaging.Outbox.MassTransit.Deliveries;
using Messaging.Outbox.MassTransit.Staging;
using Messaging.Outbox.Queues;

namespace Messaging.Outbox.MassTransit.Pipeline;

/// <summary>Encodes the message of a delivery as an outbox row that sends it again.</summary>
internal static class MessageAgain
{
    /// <summary>Serializes the message as MassTransit's redelivery does, with the delivery's own queue as destination.</summary>
    public static async Task<StagedMessage> EncodeAsync<T>(ConsumeContext<T> context, NextMessage next, QueueDirectory queues)
        where T : class
    {
        var endpoint = await context.ReceiveContext.SendEndpointProvider.GetSendEndpoint(context.ReceiveContext.InputAddress);
        var pipe = new ForwardMessagePipe<T>(context, Pipe.Execute<SendContext<T>>(send =>
        {
            send.MessageId = next.MessageId ?? send.MessageId;
            send.Delay = next.Delay;
            foreach (var (name, value) in next.Headers)
            {
                send.Headers.Set(name, value);
            }

            if (send is PublishContext publish)
            {
                publish.Mandatory = true; // so that the send fails if the queue no longer exists
            }
        }));
        var send = await ((ITransportSendEndpoint)endpoint).CreateSendContext(context.Message, pipe, context.CancellationToken);
        return StagedMessageFactory.CreateAgain(send, queues, context.Received().Progress.TraceOfNext);
    }
}
