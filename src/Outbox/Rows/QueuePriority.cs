namespace Messaging.Outbox;

/// <summary>
/// The priority of a queue. Each level is claimed separately: a backlog of one does not block another, and higher levels are sent
/// first.
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
