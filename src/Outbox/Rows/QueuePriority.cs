namespace Messaging.Outbox;

/// <summary>
/// The priority of a queue. Each level is claimed separately: a backlog of one does not block another, and higher levels are sent
/// first.
/// </summary>
public enum QueuePriority
{
    /// <summary>Sent before all other messages.</summary>
    High = 0,

    /// <summary>The default.</summary>
    Normal = 1,

    /// <summary>Sent after all other messages, but never starved.</summary>
    Low = 2,
}
