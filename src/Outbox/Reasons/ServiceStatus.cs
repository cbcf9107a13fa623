using Messaging.Outbox.Audit;

namespace Messaging.Outbox.Reasons;

/// <summary>The processes of the service and their queues, as they last reported.</summary>
/// <param name="Processes">The processes that are alive.</param>
/// <param name="Dispatchers">How many of them dispatch the outbox.</param>
/// <param name="Queues">The queues that workers have reported, by name.</param>
internal sealed record ServiceStatus(IReadOnlySet<string> Processes, int Dispatchers, IReadOnlyDictionary<string, QueueStatus> Queues);

/// <summary>A queue's settings, who set them, and who consumes it.</summary>
internal sealed record QueueStatus
{
    public required QueueSettings Settings { get; init; }

    /// <summary>When a worker last reported it, to about a minute.</summary>
    public DateTimeOffset? SeenAt { get; init; }

    public AuditMark? Paused { get; init; }
    public AuditMark? Limited { get; init; }

    /// <summary>The processes that consume it.</summary>
    public int Workers { get; init; }

    /// <summary>How many messages they consume at once.</summary>
    public int Slots { get; init; }

    /// <summary>Messages in flight.</summary>
    public int InFlight { get; init; }

    /// <summary>Messages per second in their last interval.</summary>
    public double Rate { get; init; }

    /// <summary>When the least recent of their reports was written.</summary>
    public DateTimeOffset? ReportedAt { get; init; }

    public string Name => Settings.Name;
}
