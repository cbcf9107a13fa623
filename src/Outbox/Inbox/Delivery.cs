using MassTransit;
using Messaging.Outbox.Deliveries;
using Messaging.Outbox.FastLane;
using Messaging.Outbox.Staging;
using Messaging.Outbox.Transport;

namespace Messaging.Outbox.Inbox;

/// <summary>One message in a consumer's hand: its identity, its task and how often it has been tried.</summary>
internal sealed class Delivery
{
    private readonly long _sending;

    private Delivery(Guid messageId, Guid consumerId, ReceivedMessage message)
    {
        Progress = message.Progress;
        ConsumerId = consumerId;
        Key = new InboxKey(messageId, StepOf(consumerId, Progress));
        OutboxId = message.OutboxId;
        _sending = message.UnfinishedDeliveries;
    }

    private Delivery(InboxKey key, Guid consumerId, DeliveryProgress progress)
    {
        Key = key;
        ConsumerId = consumerId;
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
        var progress = context.Received().Progress;
        var messageId = progress.Outside?.Id
            ?? context.GetOriginalMessageId() ?? throw new MessageException(typeof(T), "A message needs a MessageId to be consumed once.");
        if (progress is { TaskId: null, Outside: null } && context.Headers.Get<Guid>(OutboxHeaders.TaskId) == messageId)
        {
            progress.TaskId = messageId; // a body that came without its headers
        }

        return new Delivery(messageId, consumerId, context.Received());
    }

    /// <summary>A first delivery that nothing more is known of.</summary>
    /// <param name="messageId">The message.</param>
    /// <param name="consumerId">The consumer.</param>
    /// <param name="untrackedId">What stands for it in the keys of untracked messages (<see cref="UntrackedOf"/>).</param>
    /// <param name="queue">The queue that it comes from.</param>
    /// <param name="headers">What they say of its task.</param>
    public static Delivery First(Guid messageId, Guid consumerId, Guid untrackedId, string queue, FastLaneHeaders headers) =>
        new(new InboxKey(messageId, headers.TaskId is null ? untrackedId : consumerId), consumerId, new DeliveryProgress(queue, headers));

    /// <summary>
    /// An untracked message has keys of its own: whoever sends one with the id of a task, by mistake or on purpose, is not to make the
    /// task's own message a duplicate, which would leave the task waiting for ever.
    /// </summary>
    public static Guid UntrackedOf(Guid consumerId) => DerivedId.Of($"{consumerId}#untracked");

    /// <summary>Something that happens once to this message since it was handed on, redriven or continued, on this queue.</summary>
    public static Guid StepOf(ReceivedMessage message, string step)
    {
        var progress = message.Progress;
        return DerivedId.Of(
            $"{message.InputAddress.AbsolutePath}#{step}-{progress.Redrives}{(progress.Part == 0 ? "" : $"-{progress.Part}")}{(progress.TaskId is null ? "-untracked" : "")}");
    }

    /// <summary>
    /// A commit of its own that the row of a delivery is done with, after one that may have been left out: as a duplicate, or
    /// because its task was cancelled. Over a broker there is no row, and nothing to do.
    /// </summary>
    public static async Task SettleAloneAsync(ReceivedMessage message, string step, GroupCommitter committer)
    {
        if (message.OutboxId is not { } row || message.HeaderGuid(WireHeaders.MessageId) is not { } messageId)
        {
            return;
        }

        // Each consumer counts once: one of several may have succeeded, and settled the row in its own commit. Without any it was not even read.
        var sending = message.UnfinishedDeliveries;
        var consumers = message.Progress.Consumers;
        foreach (var key in consumers.Count > 0 ? consumers.Select(c => SettledBy(c, row, sending)) : [StepOf(message, $"{step}-settled-{row}-{sending}")])
        {
            var work = new StagedWork();
            work.InboxKeys.Add(new InboxKey(messageId, key));
            work.Settlements.Add(new Settlement(row));
            await committer.CommitWhenPossibleAsync(work, message.CancellationToken);
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

    private static Guid StepOf(Guid consumerId, DeliveryProgress progress)
    {
        var consumer = progress.TaskId is null ? UntrackedOf(consumerId) : consumerId;
        return progress.Part == 0 ? consumer : DerivedId.Of($"{consumer}#part-{progress.Part}");
    }

    private static Guid SettledBy(Guid consumer, long row, long sending) => DerivedId.Of($"{consumer}#settled-{row}-{sending}");
}
