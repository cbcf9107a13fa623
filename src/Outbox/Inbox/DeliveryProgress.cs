using System.Globalization;
using MassTransit;
using Messaging.Outbox.Store;
using Messaging.Outbox.Transport;

namespace Messaging.Outbox.Inbox;

/// <summary>
/// What is known of a delivery while it goes through the policies: its task, the attempts over retries and redeliveries, and
/// what failed. It belongs to the receive context, which a message has to itself even in a batch.
/// </summary>
internal sealed class DeliveryProgress
{
    private readonly int _before;
    private int _current;

    private DeliveryProgress(Guid? taskId, int before)
    {
        TaskId = taskId;
        _before = before;
    }

    public Guid? TaskId { get; set; }

    /// <summary>Attempts at this message so far.</summary>
    public int Attempts => _before + _current;

    /// <summary>When the latest attempt began; null before the first.</summary>
    public DateTimeOffset? StartedAt { get; private set; }

    /// <summary>What failed for this message alone, which the exception of its whole batch does not tell.</summary>
    public Exception? OwnFault { get; set; }

    /// <summary>Why the message is not to be tried any more.</summary>
    public Exception? Verdict { get; set; }

    public static DeliveryProgress Of(ReceiveContext context) => context.GetOrAddPayload(() => new DeliveryProgress(
        Text(context, OutboxHeaders.TaskId) is { } id && Guid.TryParse(id, out var taskId) ? taskId : null,
        int.TryParse(Text(context, OutboxHeaders.Attempts), CultureInfo.InvariantCulture, out var before) ? before : 0));

    public void Start(DateTimeOffset now)
    {
        _current++;
        StartedAt = now;
        OwnFault = null;
    }

    public TaskOutcome? Outcome(TaskState state, TimeSpan? retryDelay = null, string? error = null) => TaskId is { } id
        ? new TaskOutcome(id, state, Attempts, StartedAt) { RetryDelay = retryDelay, Error = error }
        : null;

    private static string? Text(ReceiveContext context, string header) =>
        context.TransportHeaders.TryGetHeader(header, out var value) ? Convert.ToString(value, CultureInfo.InvariantCulture) : null;
}
