using MassTransit;
using MassTransit.Context;
using MassTransit.Scheduling;
using MassTransit.Transports;
using Messaging.Outbox.Staging;

namespace Messaging.Outbox.Scheduling;

/// <summary>
/// MassTransit's scheduler for what a consumer or a saga schedules: a row of the outbox that is due later, committed with the rest of the unit
/// of work. Taking it back is a part of the unit, too; what has been sent meanwhile comes all the same.
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
        unit.ExecuteOwn("DELETE FROM messaging.outbox WHERE message_id = $1 AND waiting = 1", tokenId);
        return Task.CompletedTask;
    }

    public Task CancelScheduledSend(Uri destinationAddress, Guid tokenId, CancellationToken cancellationToken) =>
        CancelScheduledSend(tokenId, cancellationToken);

    // Back to the delay that MassTransit made a time of by this machine's clock. The store counts it by its own, so neither may be wrong.
    private static TimeSpan DelayUntil(DateTime scheduledTime)
    {
        var delay = scheduledTime.ToUniversalTime() - DateTime.UtcNow;
        return delay > TimeSpan.Zero ? delay : TimeSpan.Zero;
    }

    /// <summary>
    /// The token becomes the message's id, by which it is taken back. Who chooses the token may use it again, as the timeout of a saga's request
    /// does: so the inbox knows the message by an id that is new each time.
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
