namespace Messaging.Outbox;

/// <summary>A new value for a setting; null clears it, so that each worker's own configuration holds again.</summary>
public sealed record Setting<T>(T? Value)
    where T : struct;

/// <summary>What is to be set for a queue. What is null here stays as it is.</summary>
public sealed record QueueChange
{
    /// <summary>The largest concurrency.</summary>
    public const int MaxConcurrency = 1_000;

    /// <summary>The smallest rate limit, in messages per second.</summary>
    public const double MinRateLimit = 0.001;

    /// <summary>The largest rate limit, in messages per second.</summary>
    public const double MaxRateLimit = 1_000_000;

    /// <summary>Messages that each worker consumes at once, 1 to 1,000; above its prefetch count it has no further effect.</summary>
    public Setting<int>? Concurrency { get; init; }

    /// <summary>Messages per second, of all workers together, 0.001 to 1,000,000.</summary>
    public Setting<double>? RateLimit { get; init; }

    /// <summary>How urgent the queue is, for what is handed on from now on.</summary>
    public Setting<QueuePriority>? Priority { get; init; }
}

/// <summary>What a purge did.</summary>
/// <param name="Purged">Messages that were removed.</param>
/// <param name="Cancelled">Tasks that are Cancelled by it; the other messages were not followed, or their tasks had ended.</param>
/// <param name="Successors">Tasks after these that are Cancelled with them.</param>
public sealed record PurgeResult(int Purged, int Cancelled, int Successors);
