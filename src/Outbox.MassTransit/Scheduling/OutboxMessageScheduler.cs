using MassTransit;
using MassTransit.Context;
using MassTransit.Scheduling;
using MassTransit.Transports;
using Messaging.Outbox.Staging;

namespace Messaging.Outbox.MassTransit.Scheduling;

/// <summary>
/// Schedules messages of consumers and sagas through the outbox: a scheduled message is an outbox row with a later due time, which
/// is committed with the unit of work. A cancellation is committed with the unit of work too, and takes back what the same unit
/// has scheduled; it has no effect on a message that was already sent.
/// </summary>
internal sealed class OutboxMessageScheduler(ConsumeContext context, UnitOfWork unit) : IScheduleMessageProvider
{
    public static MessageSchedulerContext Create(ConsumeContext context, UnitOfWork unit, IBusTopology topology) =>
        new ConsumeMessageSchedulerContext(context, consuming => new MessageScheduler(new OutboxMessageScheduler(consuming, unit), topology));

    public async Task<ScheduledMessage<T>> ScheduleSend<T>(
        Uri destinationAddress, DateTime scheduledTime, T message, IPipe<SendContext<T>> pipe, CancellationToken cancellationToken)
        where T : class
    {
        var token = ScheduleTokenIdCache<T>.GetTokenId(message, NewId.NextGuid());
        var endpoint = await context.GetSendEndpoint(destinationAddress);
        await endpoint.Send(message, new DelayPipe<T>(pipe, token, DelayUntil(scheduledTime)), cancellationToken);
        return new ScheduledMessageHandle<T>(token, scheduledTime, destinationAddress, message);
    }

    public Task CancelScheduledSend(Guid tokenId, CancellationToken cancellationToken)
    {
        unit.Withdraw(tokenId);
        unit.ExecuteOwn("DELETE FROM messaging.outbox WHERE message_id = $1 AND waiting = 1", tokenId);
        return Task.CompletedTask;
    }

    public Task CancelScheduledSend(Uri destinationAddress, Guid tokenId, CancellationToken cancellationToken) =>
        CancelScheduledSend(tokenId, cancellationToken);

    // MassTransit computes the time with this machine's clock. Converting it back to a delay, which the store adds to its own time,
    // removes the error of a wrong clock.
    private static TimeSpan DelayUntil(DateTime scheduledTime)
    {
        var delay = scheduledTime.ToUniversalTime() - DateTime.UtcNow;
        return delay > TimeSpan.Zero ? delay : TimeSpan.Zero;
    }

    /// <summary>
    /// Uses the token as the message id, by which the message is cancelled. A caller may reuse a token, as the timeout of a saga's
    /// request does, so the header for the original message id, which identifies the message in the inbox, is new each time.
    /// </summary>
    private sealed class DelayPipe<T>(IPipe<SendContext<T>> pipe, Guid token, TimeSpan delay) : SendContextPipeAdapter<T>(pipe)
        where T : class
    {
        protected override void Send<TMessage>(SendContext<TMessage> context)
        {
        }

        protected override void Send(SendContext<T> context)
        {
            context.MessageId = token;
            context.ScheduledMessageId = token;
            context.Delay = delay > TimeSpan.Zero ? delay : null;
            context.Headers.Set(MessageHeaders.SchedulingTokenId, token.ToString("D"));
            context.Headers.Set(MessageHeaders.OriginalMessageId, NewId.NextGuid().ToString("D"));
        }
    }
}
