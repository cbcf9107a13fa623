namespace Messaging.Outbox;

/// <summary>
/// How urgent a queue is. Each level is claimed by itself: a backlog of one does not hold up another, and the urgent ones are
/// sent first.
/// </summary>
public enum QueuePriority
{
    /// <summary>Before all others.</summary>
    High = 0,

    /// <summary>The default.</summary>
    Normal = 1,

    /// <summary>After all others, but never starved.</summary>
    Low = 2,
}
