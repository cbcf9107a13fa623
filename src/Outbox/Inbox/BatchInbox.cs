using System.Runtime.ExceptionServices;
using MassTransit;
using MassTransit.Batching;
using MassTransit.Context;
using MassTransit.Middleware;

namespace Messaging.Outbox.Inbox;

/// <summary>
/// The inbox for a batch consumer: the new messages of the batch are consumed in one transaction. When that fails, each is
/// consumed alone, so that a bad one harms no other.
/// </summary>
internal abstract class BatchInbox<T>
    where T : class
{
    /// <summary>Set when T is a <see cref="Batch{TMessage}"/>.</summary>
    public static BatchInbox<T>? Instance { get; } =
        BatchMessage.ElementOf(typeof(T)) is { } message
            ? (BatchInbox<T>)Activator.CreateInstance(typeof(BatchInboxOf<>).MakeGenericType(message))!
            : null;

    public abstract Task Send(
        InboxFilterFactory inbox, ConsumeContext<T> context, OutboxConsumeOptions options, IPipe<OutboxConsumeContext<T>> next);
}

internal sealed class BatchInboxOf<TMessage> : BatchInbox<Batch<TMessage>>
    where TMessage : class
{
    public override async Task Send(
        InboxFilterFactory inbox,
        ConsumeContext<Batch<TMessage>> context,
        OutboxConsumeOptions options,
        IPipe<OutboxConsumeContext<Batch<TMessage>>> next)
    {
        var all = context.Message.ToList();
        var deliveries = all.ConvertAll(message => Delivery.Of(message, options.ConsumerId));
        var (hold, isNew) = await inbox.EnterAsync(deliveries, options, context.CancellationToken);
        using (hold)
        {
            var part = await SkipConsumedAsync(inbox, new Part(context, all, deliveries), isNew, options);
            inbox.Start(part.Deliveries);
            await ConsumeAsync(inbox, part, options, next);
        }
    }

    private static async Task ConsumeAsync(
        InboxFilterFactory inbox, Part part, OutboxConsumeOptions options, IPipe<OutboxConsumeContext<Batch<TMessage>>> next)
    {
        if (part.Messages.Count == 0)
        {
            return;
        }

        try
        {
            if (await inbox.RunAsync(part.ToContext(), part.Deliveries, options, next))
            {
                return;
            }
        }
        catch (Exception exception) when (part.Messages.Count > 1 && exception is not (StoreUnavailableException or OperationCanceledException))
        {
            await ConsumeEachAloneAsync(inbox, part, options, next);
            return;
        }

        // Another process consumed at least one of them meanwhile, and the transaction of all of them was left out.
        var isNew = await inbox.FindNewAsync(part.Deliveries, part.Context.CancellationToken);
        var rest = await SkipConsumedAsync(inbox, part, isNew, options);
        if (rest.Messages.Count < part.Messages.Count)
        {
            await ConsumeAsync(inbox, rest, options, next);
        }
        else
        {
            await ConsumeEachAloneAsync(inbox, part, options, next);
        }
    }

    /// <returns>Those that are new.</returns>
    private static async Task<Part> SkipConsumedAsync(
        InboxFilterFactory inbox, Part part, IReadOnlyList<bool> isNew, OutboxConsumeOptions options)
    {
        for (var i = 0; i < part.Messages.Count; i++)
        {
            if (!isNew[i])
            {
                await inbox.SkipAsync(part.Messages[i], part.Deliveries[i], options);
            }
        }

        return part with
        {
            Messages = [.. part.Messages.Where((_, i) => isNew[i])],
            Deliveries = [.. part.Deliveries.Where((_, i) => isNew[i])],
        };
    }

    /// <summary>
    /// Those that succeed are marked as consumed, which keeps MassTransit from faulting them with the rest of their batch.
    /// </summary>
    private static async Task ConsumeEachAloneAsync(
        InboxFilterFactory inbox, Part part, OutboxConsumeOptions options, IPipe<OutboxConsumeContext<Batch<TMessage>>> next)
    {
        ExceptionDispatchInfo? first = null;
        for (var i = 0; i < part.Messages.Count; i++)
        {
            try
            {
                var message = part.Messages[i];
                await ConsumeAsync(inbox, new Part(part.Context, [message], [part.Deliveries[i]]), options, next);
                await message.NotifyConsumed(message.ReceiveContext.ElapsedTime, options.ConsumerType);
            }
            catch (Exception exception) when (exception is not (StoreUnavailableException or OperationCanceledException))
            {
                part.Deliveries[i].Progress.OwnFault = exception;
                first ??= ExceptionDispatchInfo.Capture(exception);
            }
        }

        first?.Throw();
    }

    /// <summary>Some messages of a batch, to be consumed as a batch of their own.</summary>
    private sealed record Part(
        ConsumeContext<Batch<TMessage>> Context, IReadOnlyList<ConsumeContext<TMessage>> Messages, IReadOnlyList<Delivery> Deliveries)
    {
        public ConsumeContext<Batch<TMessage>> ToContext()
        {
            var batch = Context.Message;
            return Messages.Count == batch.Length
                ? Context
                : new BatchConsumeContext<TMessage>(
                    Context, new MessageBatch<TMessage>(batch.FirstMessageReceived, batch.LastMessageReceived, batch.Mode, Messages));
        }
    }
}
