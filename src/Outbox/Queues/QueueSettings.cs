using System.Data.Common;

namespace Messaging.Outbox;

/// <summary>What holds for a queue. What is null was not set, and is what each worker is configured with.</summary>
public sealed record QueueSettings
{
    /// <summary>The queue's name.</summary>
    public required string Name { get; init; }

    /// <summary>Whether nothing is taken from it. What is handed on meanwhile waits.</summary>
    public required bool Paused { get; init; }

    /// <summary>Messages that each worker consumes at once, at most its prefetch count.</summary>
    public int? Concurrency { get; init; }

    /// <summary>Messages per second, of all workers together; null is no limit.</summary>
    public double? RateLimit { get; init; }

    /// <summary>How urgent it is, as set or else as configured. It counts for what is handed on from now on.</summary>
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
