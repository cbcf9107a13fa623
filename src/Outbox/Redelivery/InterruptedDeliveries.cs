using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Messaging.Outbox;

/// <summary>Why a broker took deliveries back before they had an outcome, as far as it says so; in the end their tasks say it.</summary>
public sealed partial class InterruptedDeliveries(ILogger<InterruptedDeliveries> logger)
{
    private readonly ConcurrentDictionary<string, string> _reasons = new(StringComparer.Ordinal);

    /// <summary>Keeps the latest reason of a queue, and logs it.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="reason">What ended its deliveries, for an operator.</param>
    public void Record(string queue, string reason)
    {
        _reasons[queue] = reason;
        LogInterrupted(queue, reason);
    }

    /// <summary>The latest reason in this process; null when the broker gave none.</summary>
    internal string? ReasonFor(string queue) => _reasons.GetValueOrDefault(queue);

    [LoggerMessage(LogLevel.Warning, "The deliveries of {Queue} come again: {Reason}")]
    private partial void LogInterrupted(string queue, string reason);
}
