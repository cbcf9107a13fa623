using Messaging.Outbox.Deliveries;

namespace Messaging.Outbox.Inbox;

/// <summary>The keys in the table <c>inbox</c>, each of a step that happens once to a message.</summary>
internal static class InboxKeys
{
    // The ids are hashes of the same strings as in earlier versions, so that duplicates are detected across an upgrade.

    /// <summary>The key for consuming the message, or a part of it, by a consumer.</summary>
    public static InboxKey Consumed(DeliveryProgress delivery, ConsumerIdentity consumer)
    {
        var (id, step) = delivery.TaskId is null ? (consumer.UntrackedId, consumer.UntrackedStep) : (consumer.Id, consumer.Step);
        return delivery.Part == 0
            ? new InboxKey(delivery.MessageId!.Value, id) { Kind = InboxKind.Consumed, Step = step }
            : new InboxKey(delivery.MessageId!.Value, DerivedId.Of($"{id}#part-{delivery.Part}")) { Kind = InboxKind.Consumed, Step = $"{step}, part {delivery.Part}" };
    }

    /// <summary>The key of a step that happens once since the message was enqueued, redriven or continued, on this queue.</summary>
    /// <param name="messageId">The message.</param>
    /// <param name="delivery">Its delivery.</param>
    /// <param name="kind">One of <see cref="InboxKind"/>.</param>
    /// <param name="hashed">Identifies the step. Never changes, because rows from before an upgrade have its hash.</param>
    /// <param name="shown">What the row shows to a reader.</param>
    public static InboxKey Step(Guid messageId, DeliveryProgress delivery, string kind, string hashed, string shown)
    {
        var part = delivery.Part == 0 ? "" : $"-{delivery.Part}";
        var untracked = delivery.TaskId is null ? "-untracked" : "";
        return new InboxKey(messageId, DerivedId.Of($"{delivery.Message.InputAddress.AbsolutePath}#{hashed}-{delivery.Redrives}{part}{untracked}"))
        {
            Kind = kind,
            Step = $"{delivery.Queue}: {shown}, redrive {delivery.Redrives}{(delivery.Part == 0 ? "" : $", part {delivery.Part}")}{(delivery.TaskId is null ? ", untracked" : "")}",
        };
    }

    /// <summary>
    /// The key for finishing an outbox row by a consumer, once for each time that the row is sent: after a restart all consumers
    /// get it again.
    /// </summary>
    public static InboxKey Settled(Guid messageId, Guid consumerId, long row, long sending) =>
        new(messageId, DerivedId.Of($"{consumerId}#settled-{row}-{sending}")) { Kind = InboxKind.Settled, Step = $"row {row}, sending {sending}, consumer {consumerId}" };
}
