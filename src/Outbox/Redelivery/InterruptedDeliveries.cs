using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Messaging.Outbox;

/// <summary>
/// The reasons that a broker reports for requeueing deliveries before they have an outcome. The error of a message that is
/// dead-lettered for unfinished deliveries contains the reason.
/// </summary>
public sealed partial class InterruptedDeliveries(ILogger<InterruptedDeliveries> logger)
{
    private readonly ConcurrentDictionary<string, string> _reasons = new(StringComparer.Ordinal);

    /// <summary>Stores and logs the latest reason of a queue.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="reason">The reason, for operators.</param>
    public void Record(string queue, string reason)
    {
        _reasons[queue] = reason;
        LogInterrupted(queue, reason);
    }

    /// <summary>The latest reason in this process; null if the broker reported none.</summary>
    internal string? ReasonFor(string queue) => _reasons.GetValueOrDefault(queue);

    [LoggerMessage(EventId = 1331, EventName = "DeliveriesInterrupted", Level = LogLevel.Warning, Message = "The deliveries of {Queue} are delivered again: {Reason}")]
    private partial void LogInterrupted(string queue, string reason);
}
