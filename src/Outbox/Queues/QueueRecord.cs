namespace Messaging.Outbox;

/// <summary>A queue as it stands.</summary>
public sealed record QueueRecord
{
    /// <summary>What is set for it.</summary>
    public required QueueSettings Settings { get; init; }

    /// <summary>Messages that wait for a worker, at the broker and in the outbox; null when the broker is out of reach.</summary>
    public long? Depth { get; init; }

    /// <summary>Messages that workers have taken and are not done with.</summary>
    public int InFlight { get; init; }

    /// <summary>Messages that are not due yet: put off, scheduled, or waiting for another task.</summary>
    public long Delayed { get; init; }

    /// <summary>Messages that were given up and wait for a decision.</summary>
    public long DeadLetters { get; init; }

    /// <summary>Whether a number is so large that it was not counted to its end.</summary>
    public bool IsCapped { get; init; }

    /// <summary>Messages per second, over the workers' last interval.</summary>
    public double Rate { get; init; }

    /// <summary>For how long the oldest message that is known of has been due, in seconds; null for none.</summary>
    public double? OldestSeconds { get; init; }

    /// <summary>The processes that consume it.</summary>
    public IReadOnlyList<QueueConsumer> Consumers { get; init; } = [];
}

/// <summary>A process that consumes a queue, as it last said.</summary>
/// <param name="Worker">The process.</param>
/// <param name="Concurrency">Messages that it consumes at once.</param>
/// <param name="InFlight">Messages that it has taken and is not done with.</param>
/// <param name="Consumed">Messages that it is done with, since it started.</param>
/// <param name="Rate">Messages per second, over its last interval.</param>
/// <param name="SeenAt">When it said so.</param>
public sealed record QueueConsumer(string Worker, int Concurrency, int InFlight, long Consumed, double Rate, DateTimeOffset SeenAt);
