using System.Security.Cryptography;
using System.Text;
using MassTransit;
using MassTransit.Serialization;
using MassTransit.Transports;
using Messaging.Outbox.Inbox;
using Messaging.Outbox.Staging;
using Messaging.Outbox.Store;
using Messaging.Outbox.Transport;
using Microsoft.Extensions.Logging;

namespace Messaging.Outbox.Redelivery;

/// <summary>
/// The outermost policy of an endpoint: decides what becomes of a message whose attempt failed. Either it is due again
/// later, as a row of the outbox, or it is given up, and MassTransit moves it to the error queue. The decision and the
/// state of the task are one commit, made before the delivery is acknowledged or moved.
/// </summary>
/// <remarks>
/// A worker that dies between that commit and the acknowledgement gets the message again. The inbox key of the redelivery
/// makes sure that it is not put off twice, so a crash never multiplies a message.
/// </remarks>
internal sealed partial class DelayedRedeliveryFilter<T>(
    RetryOptions options, GroupCommitter committer, TimeProvider time, ILogger logger) : IFilter<ConsumeContext<T>>
    where T : class
{
    public async Task Send(ConsumeContext<T> context, IPipe<ConsumeContext<T>> next)
    {
        var held = new HeldFaultsContext<T>(context);
        var delivery = Delivery.Of(held, EndpointKey(context));
        var pause = TimeSpan.FromMilliseconds(250);
        while (true)
        {
            try
            {
                GiveUpWhatKillsItsWorker(context);
                await next.Send(held);
                return;
            }
            catch (OperationCanceledException)
            {
                throw; // the endpoint stops: the broker delivers the message again
            }
            catch (StoreUnavailableException exception)
            {
                // Without a database nothing can be done and nothing recorded: the delivery is held and costs no attempt.
                LogHeld(exception.Message, context.MessageId);
                await Task.Delay(pause * RetryOptions.Jitter(), time, context.CancellationToken);
                pause = TimeSpan.FromSeconds(Math.Min(5, pause.TotalSeconds * 2));
            }
            catch (Exception exception)
            {
                var fault = held.TryGetPayload<OwnFault>(out var own) ? own.Exception : exception;
                if (await TryPutOffAsync(held, delivery, fault))
                {
                    await context.NotifyConsumed(context.ReceiveContext.ElapsedTime, nameof(DelayedRedeliveryFilter<>));
                    return;
                }

                await held.NotifyHeldFaultsAsync();
                throw;
            }
        }
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("delayedRedelivery");

    private void GiveUpWhatKillsItsWorker(ConsumeContext context)
    {
        var unfinished = Delivery.UnfinishedDeliveries(context);
        if (unfinished >= options.MaxUnfinishedDeliveries)
        {
            throw new UnfinishedDeliveriesException(unfinished);
        }
    }

    /// <returns>False when the message is given up.</returns>
    private async Task<bool> TryPutOffAsync(ConsumeContext<T> context, Delivery delivery, Exception fault)
    {
        var redelivery = context.GetRedeliveryCount() + 1;
        var putOff = fault is not IPermanentFailure && redelivery <= options.DelayedRetries;
        var delay = putOff ? options.DelayOf(redelivery) : TimeSpan.Zero;
        var error = FailureText.Of(fault);
        var work = new StagedWork();
        if (putOff)
        {
            work.InboxKeys.Add(delivery.Key);
            work.Add(await CreateRedeliveryAsync(context, delivery, delay));
        }

        if (delivery.Outcome(putOff ? TaskState.Retrying : TaskState.Failed, putOff ? delay : null, error) is { } outcome)
        {
            work.Outcomes.Add(outcome);
        }

        if (delivery.OutboxId is { } outboxId)
        {
            work.Settlements.Add(new Settlement(outboxId, Keep: !putOff));
        }

        await CommitWhenPossibleAsync(work, context);
        LogFailed(typeof(T).Name, context.MessageId, delivery.Attempts.Total, error, putOff ? $"again in {delay.TotalSeconds:0.#} s" : "given up");
        return putOff;
    }

    private async Task CommitWhenPossibleAsync(StagedWork work, ConsumeContext context)
    {
        while (true)
        {
            try
            {
                await committer.CommitAsync(work, context.CancellationToken);
                return;
            }
            catch (StoreUnavailableException exception)
            {
                LogHeld(exception.Message, context.MessageId);
                await Task.Delay(TimeSpan.FromSeconds(1) * RetryOptions.Jitter(), time, context.CancellationToken);
            }
        }
    }

    /// <summary>The same message, serialized as MassTransit's own redelivery does, addressed to the queue it came from.</summary>
    private static async Task<StagedMessage> CreateRedeliveryAsync(ConsumeContext<T> context, Delivery delivery, TimeSpan delay)
    {
        var endpoint = await context.ReceiveContext.SendEndpointProvider.GetSendEndpoint(context.ReceiveContext.InputAddress);
        var pipe = new ForwardMessagePipe<T>(context, Pipe.Execute<SendContext<T>>(send =>
        {
            send.Headers.Set(MessageHeaders.RedeliveryCount, context.GetRedeliveryCount() + 1);
            send.Headers.Set(OutboxHeaders.Attempts, delivery.Attempts.Total);
            send.Headers.Set(OutboxHeaders.OutboxId, null); // the transport's, of the delivery that failed
            send.Headers.Set(OutboxHeaders.DeliveryCount, null);
            send.Delay = delay;
        }));
        var send = await ((ITransportSendEndpoint)endpoint).CreateSendContext(context.Message, pipe, context.CancellationToken);
        return StagedMessageFactory.Create(send, track: false);
    }

    /// <summary>The inbox key under which this endpoint puts this delivery off: a second attempt to do so is a duplicate.</summary>
    private static Guid EndpointKey(ConsumeContext context)
    {
        var name = $"{context.ReceiveContext.InputAddress.AbsolutePath}#{context.GetRedeliveryCount() + 1}";
        return new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(name)).AsSpan(0, 16));
    }

    [LoggerMessage(LogLevel.Warning, "{MessageType} {MessageId} failed at attempt {Attempt}: {Error}; {Decision}")]
    private partial void LogFailed(string messageType, Guid? messageId, int attempt, string error, string decision);

    [LoggerMessage(LogLevel.Warning, "Message {MessageId} waits: {Reason}")]
    private partial void LogHeld(string reason, Guid? messageId);
}

/// <summary>The message was delivered again and again, and no delivery came to an end.</summary>
public sealed class UnfinishedDeliveriesException(long deliveries)
    : Exception($"{deliveries} deliveries ended without an outcome: the worker died, or lost its connection, each time."), IPermanentFailure;
