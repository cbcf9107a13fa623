using System.Globalization;
using MassTransit;
using Messaging.Outbox.Store;
using Messaging.Outbox.Transport;

namespace Messaging.Outbox.Inbox;

/// <summary>One message in a consumer's hand: its identity, its task and how often it has been tried.</summary>
internal sealed class Delivery
{
    private readonly Guid _consumerId;

    private Delivery(Guid messageId, Guid consumerId, ReceiveContext context)
    {
        _consumerId = consumerId;
        Key = new InboxKey(messageId, consumerId);
        Progress = DeliveryProgress.Of(context);
        OutboxId = TransportNumber(context, OutboxHeaders.OutboxId);
    }

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
        delivery.Progress.TaskId ??= context.Headers.Get<Guid>(OutboxHeaders.TaskId); // a body that came without its headers
        return delivery;
    }

    /// <summary>How often this message was delivered before without an outcome: its worker died, or lost its connection.</summary>
    public static long UnfinishedDeliveries(ReceiveContext context) => TransportNumber(context, OutboxHeaders.DeliveryCount) ?? 0;

    /// <summary>
    /// The fact that this consumer is done with the row, which is noted once: a row is sent again after a restart, and must
    /// not be counted twice for a consumer that was done before.
    /// </summary>
    public (InboxKey Key, Settlement Settlement)? Settle() => OutboxId is { } row
        ? (new InboxKey(Key.MessageId, DerivedId.Of($"{_consumerId}#settled-{row}")), new Settlement(row, Keep: false))
        : null;

    public static long? TransportNumber(ReceiveContext context, string header) =>
        context.TransportHeaders.TryGetHeader(header, out var value) ? Convert.ToInt64(value, CultureInfo.InvariantCulture) : null;
}
