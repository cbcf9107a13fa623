using MassTransit;
using MassTransit.Serialization;
using MassTransit.Transports;
using Messaging.Outbox.Execution;
using Messaging.Outbox.MassTransit.Staging;
using Messaging.Outbox.Queues;

namespace Messaging.Outbox.MassTransit.Pipeline;

/// <summary>Creates an outbox row from the message of a delivery, to send it again.</summary>
internal static class MessageAgain
{
    /// <summary>Serializes the message as MassTransit's own redelivery does, addressed to the queue from which it came.</summary>
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
                publish.Mandatory = true; // the queue may no longer exist then
            }
        }));
        var send = await ((ITransportSendEndpoint)endpoint).CreateSendContext(context.Message, pipe, context.CancellationToken);
        return StagedMessageFactory.Create(send, queues, track: false);
    }
}
