using Messaging.Outbox.Deliveries;

namespace Messaging.Outbox.Inbox;

/// <summary>The keys of what happens once to a message, in the table <c>inbox</c>.</summary>
internal static class InboxKeys
{
    /// <summary>A consumer has consumed the message, or a part of it.</summary>
    public static InboxKey Consumed(DeliveryProgress delivery, ConsumerIdentity consumer)
    {
        var id = delivery.TaskId is null ? consumer.UntrackedId : consumer.Id;
        return new InboxKey(delivery.MessageId!.Value, delivery.Part == 0 ? id : DerivedId.Of($"{id}#part-{delivery.Part}"));
    }

    /// <summary>Something that happens once to the message since it was enqueued, redriven or continued, on this queue.</summary>
    public static InboxKey Step(Guid messageId, DeliveryProgress delivery, string step)
    {
        var part = delivery.Part == 0 ? "" : $"-{delivery.Part}";
        var untracked = delivery.TaskId is null ? "-untracked" : "";
        return new InboxKey(messageId, DerivedId.Of($"{delivery.Message.InputAddress.AbsolutePath}#{step}-{delivery.Redrives}{part}{untracked}"));
    }

    /// <summary>A consumer is done with a row of the outbox, once for each time that the row is sent: after a restart all consumers of then get it again.</summary>
    public static InboxKey Settled(Guid messageId, Guid consumerId, long row, long sending) =>
        new(messageId, DerivedId.Of($"{consumerId}#settled-{row}-{sending}"));
}
