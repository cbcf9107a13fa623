using System.Data.Common;

namespace Messaging.Outbox;

/// <summary>The settings of a queue. A property that is null is not set; each worker's configuration applies.</summary>
public sealed record QueueSettings
{
    /// <summary>The queue's name.</summary>
    public required string Name { get; init; }

    /// <summary>Whether the queue is paused: no messages are taken from it, and new messages wait.</summary>
    public required bool Paused { get; init; }

    /// <summary>The number of messages that each worker consumes at once, at most its prefetch count.</summary>
    public int? Concurrency { get; init; }

    /// <summary>Messages per second of all workers together; null means no limit.</summary>
    public double? RateLimit { get; init; }

    /// <summary>The priority, as set or else as configured, for messages that are enqueued from now on.</summary>
    public required QueuePriority Priority { get; init; }

    internal const string Columns = "name, paused, concurrency, rate_limit, coalesce(priority, default_priority)";

    internal static QueueSettings Read(DbDataReader reader) => new()
    {
        Name = reader.GetString(0),
        Paused = reader.GetInt16(1) != 0,
        Concurrency = reader.IsDBNull(2) ? null : reader.GetInt32(2),
        RateLimit = reader.IsDBNull(3) ? null : reader.GetDouble(3),
        Priority = (QueuePriority)reader.GetInt16(4),
    };
}
