using MassTransit;
using MassTransit.Serialization;
using MassTransit.Transports;
using Messaging.Outbox.Execution;
using Messaging.Outbox.Transport;

namespace Messaging.Outbox.Pipeline;

/// <summary>The message of a delivery once more, as a row of the outbox.</summary>
internal static class MessageAgain
{
    /// <summary>The same message, serialized as MassTransit's own redelivery does, addressed to the queue that it came from.</summary>
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
                publish.Mandatory = true; // the queue may be gone by then
            }
        }));
        var send = await ((ITransportSendEndpoint)endpoint).CreateSendContext(context.Message, pipe, context.CancellationToken);
        return StagedMessageFactory.Create(send, queues, track: false);
    }
}
