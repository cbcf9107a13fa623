using MassTransit;
using Messaging.Outbox.Direct;
using Messaging.Outbox.Staging;
using Messaging.Outbox.Store;
using Messaging.Outbox.Transport;

namespace Messaging.Outbox.Inbox;

/// <summary>One message in a consumer's hand: its identity, its task and how often it has been tried.</summary>
internal sealed class Delivery
{
    private readonly long _sending;

    private Delivery(Guid messageId, Guid consumerId, ReceiveContext context)
    {
        Progress = DeliveryProgress.Of(context);
        ConsumerId = consumerId;
        Key = new InboxKey(messageId, Progress.Part == 0 ? consumerId : DerivedId.Of($"{consumerId}#part-{Progress.Part}"));
        OutboxId = context.HeaderNumber(OutboxHeaders.OutboxId);
        _sending = UnfinishedDeliveries(context);
    }

    private Delivery(InboxKey key, DeliveryProgress progress)
    {
        Key = key;
        ConsumerId = key.ConsumerId;
        Progress = progress;
    }

    /// <summary>The consumer, whichever part of its work the message is for.</summary>
    public Guid ConsumerId { get; }

    public InboxKey Key { get; }
    public DeliveryProgress Progress { get; }
    public Guid? TaskId => Progress.TaskId;

    /// <summary>The row that this delivery comes from, over a transport without a memory of its own.</summary>
    public long? OutboxId { get; }

    public static Delivery Of<T>(ConsumeContext<T> context, Guid consumerId)
        where T : class
    {
        // A redelivery may carry a new MessageId, so the original one is the identity.
        var messageId = context.GetOriginalMessageId() ?? throw new MessageException(typeof(T), "A message needs a MessageId to be consumed once.");
        var delivery = new Delivery(messageId, consumerId, context.ReceiveContext);
        if (delivery.Progress.TaskId is null && context.Headers.Get<Guid>(OutboxHeaders.TaskId) == messageId)
        {
            delivery.Progress.TaskId = messageId; // a body that came without its headers
        }

        return delivery;
    }

    /// <summary>A first delivery that nothing more is known of.</summary>
    public static Delivery First(Guid messageId, Guid consumerId, string queue, DirectHeaders headers) =>
        new(new InboxKey(messageId, consumerId), new DeliveryProgress(queue, headers));

    /// <summary>How often this message was delivered before without an outcome: its worker died, or lost its connection.</summary>
    public static long UnfinishedDeliveries(ReceiveContext context) => context.HeaderNumber(OutboxHeaders.DeliveryCount) ?? 0;

    /// <summary>Something that happens once to this message since it was handed on, redriven or continued, on this queue.</summary>
    public static Guid StepOf(ReceiveContext context, string step)
    {
        var progress = DeliveryProgress.Of(context);
        return DerivedId.Of($"{context.InputAddress.AbsolutePath}#{step}-{progress.Redrives}{(progress.Part == 0 ? "" : $"-{progress.Part}")}");
    }

    /// <summary>
    /// A commit of its own that the row of a delivery is done with, after one that may have been left out: as a duplicate, or
    /// because its task was cancelled. Over a broker there is no row, and nothing to do.
    /// </summary>
    public static async Task SettleAloneAsync(ReceiveContext context, string step, GroupCommitter committer)
    {
        if (context.HeaderNumber(OutboxHeaders.OutboxId) is not { } row || context.HeaderGuid(MessageHeaders.MessageId) is not { } messageId)
        {
            return;
        }

        // Each consumer counts once: one of several may have succeeded, and settled the row in its own commit. Without any it was not even read.
        var sending = UnfinishedDeliveries(context);
        var consumers = DeliveryProgress.Of(context).Consumers;
        foreach (var key in consumers.Count > 0 ? consumers.Select(c => SettledBy(c, row, sending)) : [StepOf(context, $"{step}-settled-{row}-{sending}")])
        {
            var work = new StagedWork();
            work.InboxKeys.Add(new InboxKey(messageId, key));
            work.Settlements.Add(new Settlement(row));
            await committer.CommitWhenPossibleAsync(work, context.CancellationToken);
        }
    }

    /// <summary>
    /// Adds that this consumer is done with the row that the delivery came from, if it came from one. It is noted once for each time that the row
    /// is sent: after a restart all consumers of then get it again.
    /// </summary>
    /// <returns>False when there is no row to be done with.</returns>
    public bool SettleIn(StagedWork work)
    {
        if (OutboxId is not { } row)
        {
            return false;
        }

        work.InboxKeys.Add(new InboxKey(Key.MessageId, SettledBy(ConsumerId, row, _sending)));
        work.Settlements.Add(new Settlement(row));
        return true;
    }

    private static Guid SettledBy(Guid consumer, long row, long sending) => DerivedId.Of($"{consumer}#settled-{row}-{sending}");
}
