using System.Globalization;
using MassTransit;
using Messaging.Outbox.Store;
using Messaging.Outbox.Transport;

namespace Messaging.Outbox.Inbox;

/// <summary>One message in a consumer's hand: its identity, its task and how often it has been tried.</summary>
internal sealed class Delivery
{
    private Delivery(InboxKey key, Guid? taskId, long? outboxId, AttemptCounter attempts)
    {
        Key = key;
        TaskId = taskId;
        OutboxId = outboxId;
        Attempts = attempts;
    }

    public InboxKey Key { get; }
    public Guid? TaskId { get; }
    public long? OutboxId { get; }
    public AttemptCounter Attempts { get; }

    public static Delivery Of<T>(ConsumeContext<T> context, Guid consumerId)
        where T : class
    {
        // A redelivery may carry a new MessageId, so the original one is the identity.
        var messageId = context.GetOriginalMessageId() ?? throw new MessageException(typeof(T), "A message needs a MessageId to be consumed once.");
        return new Delivery(
            new InboxKey(messageId, consumerId),
            context.Headers.Get<Guid>(OutboxHeaders.TaskId),
            TransportNumber(context, OutboxHeaders.OutboxId),
            context.GetOrAddPayload(() => new AttemptCounter(context.Headers.Get<int>(OutboxHeaders.Attempts) ?? 0)));
    }

    /// <summary>How often this message was delivered before without an outcome: its worker died, or lost its connection.</summary>
    public static long UnfinishedDeliveries(ConsumeContext context) => TransportNumber(context, OutboxHeaders.DeliveryCount) ?? 0;

    public TaskOutcome? Outcome(TaskState state, TimeSpan? retryDelay = null, string? error = null) => TaskId is { } id
        ? new TaskOutcome(id, state, Math.Max(1, Attempts.Total), Attempts.StartedAt) { RetryDelay = retryDelay, Error = error }
        : null;

    private static long? TransportNumber(ConsumeContext context, string header) =>
        context.ReceiveContext.TransportHeaders.TryGetHeader(header, out var value)
            ? Convert.ToInt64(value, CultureInfo.InvariantCulture)
            : null;
}

/// <summary>Counts the attempts at a message over retries and redeliveries; travels as a payload of the consume context.</summary>
internal sealed class AttemptCounter(int before)
{
    private int _current;

    public int Total => before + _current;
    public DateTimeOffset StartedAt { get; private set; }

    public void Start(DateTimeOffset now)
    {
        _current++;
        StartedAt = now;
    }
}
