namespace Messaging.Outbox;

/// <summary>A new value of a setting; null clears it, so that each worker's own configuration applies again.</summary>
public sealed record Setting<T>(T? Value)
    where T : struct;

/// <summary>A change of a queue's settings. Properties that are null stay unchanged.</summary>
public sealed record QueueChange
{
    /// <summary>The maximum concurrency.</summary>
    public const int MaxConcurrency = 1_000;

    /// <summary>The minimum rate limit, in messages per second.</summary>
    public const double MinRateLimit = 0.001;

    /// <summary>The maximum rate limit, in messages per second.</summary>
    public const double MaxRateLimit = 1_000_000;

    /// <summary>The number of messages that each worker consumes at once, 1 to 1,000; limited by its prefetch count.</summary>
    public Setting<int>? Concurrency { get; init; }

    /// <summary>Messages per second of all workers together, 0.001 to 1,000,000.</summary>
    public Setting<double>? RateLimit { get; init; }

    /// <summary>The priority of the queue, for messages that are enqueued from now on.</summary>
    public Setting<QueuePriority>? Priority { get; init; }
}

/// <summary>The result of a purge.</summary>
/// <param name="Purged">The number of removed messages.</param>
/// <param name="Cancelled">The number of cancelled tasks; other messages were untracked, or their tasks had ended.</param>
/// <param name="Successors">The number of successors that were cancelled with them.</param>
public sealed record PurgeResult(int Purged, int Cancelled, int Successors);
