using Messaging.Outbox.Deliveries;

namespace Messaging.Outbox.Inbox;

/// <summary>The keys of what happens once to a message, in the table <c>inbox</c>.</summary>
internal static class InboxKeys
{
    // The ids are hashes of the texts that earlier versions hashed: what was consumed before an upgrade is a duplicate after it.

    /// <summary>A consumer has consumed the message, or a part of it.</summary>
    public static InboxKey Consumed(DeliveryProgress delivery, ConsumerIdentity consumer)
    {
        var (id, step) = delivery.TaskId is null ? (consumer.UntrackedId, consumer.UntrackedStep) : (consumer.Id, consumer.Step);
        return delivery.Part == 0
            ? new InboxKey(delivery.MessageId!.Value, id) { Kind = InboxKind.Consumed, Step = step }
            : new InboxKey(delivery.MessageId!.Value, DerivedId.Of($"{id}#part-{delivery.Part}")) { Kind = InboxKind.Consumed, Step = $"{step}, part {delivery.Part}" };
    }

    /// <summary>Something that happens once to the message since it was enqueued, redriven or continued, on this queue.</summary>
    public static InboxKey Step(Guid messageId, DeliveryProgress delivery, string kind, string step)
    {
        var part = delivery.Part == 0 ? "" : $"-{delivery.Part}";
        var untracked = delivery.TaskId is null ? "-untracked" : "";
        return new InboxKey(messageId, DerivedId.Of($"{delivery.Message.InputAddress.AbsolutePath}#{step}-{delivery.Redrives}{part}{untracked}"))
        {
            Kind = kind,
            Step = $"{delivery.Queue}: {step}, redrive {delivery.Redrives}{(delivery.Part == 0 ? "" : $", part {delivery.Part}")}{(delivery.TaskId is null ? ", untracked" : "")}",
        };
    }

    /// <summary>A consumer is done with a row of the outbox, once for each time that the row is sent: after a restart all consumers of then get it again.</summary>
    public static InboxKey Settled(Guid messageId, Guid consumerId, long row, long sending) =>
        new(messageId, DerivedId.Of($"{consumerId}#settled-{row}-{sending}")) { Kind = InboxKind.Settled, Step = $"row {row}, sending {sending}, consumer {consumerId}" };
}
