namespace Messaging.Outbox;

/// <summary>A queue with its current figures.</summary>
public sealed record QueueRecord
{
    /// <summary>The settings.</summary>
    public required QueueSettings Settings { get; init; }

    /// <summary>
    /// The number of messages that wait for a worker, at the broker and in the outbox; null if the broker is unavailable.
    /// </summary>
    public long? Depth { get; init; }

    /// <summary>Whether <see cref="Depth"/> is a lower bound: rows that are due are counted up to a limit.</summary>
    public bool DepthIsCapped { get; init; }

    /// <summary>The number of messages in flight: taken by workers and not finished.</summary>
    public int InFlight { get; init; }

    /// <summary>The number of messages that are not due yet: deferred, scheduled, or waiting for another task.</summary>
    public long Delayed { get; init; }

    /// <summary>Whether <see cref="Delayed"/> is a lower bound.</summary>
    public bool DelayedIsCapped { get; init; }

    /// <summary>The number of dead letters that wait for a decision.</summary>
    public long DeadLetters { get; init; }

    /// <summary>Whether <see cref="DeadLetters"/> is a lower bound.</summary>
    public bool DeadLettersAreCapped { get; init; }

    /// <summary>Messages per second during the workers' last interval.</summary>
    public double Rate { get; init; }

    /// <summary>How long the oldest known message has been due, in seconds; null if there is none.</summary>
    public double? OldestSeconds { get; init; }

    /// <summary>The processes that consume it.</summary>
    public IReadOnlyList<QueueConsumer> Consumers { get; init; } = [];
}

/// <summary>A process that consumes a queue, as last reported.</summary>
/// <param name="Worker">The name of the process.</param>
/// <param name="Concurrency">The number of messages that it consumes at once.</param>
/// <param name="InFlight">The number of messages in flight.</param>
/// <param name="Consumed">The number of messages that it has finished since its start, with any outcome.</param>
/// <param name="Rate">Messages per second during its last interval.</param>
/// <param name="SeenAt">When it reported.</param>
public sealed record QueueConsumer(string Worker, int Concurrency, int InFlight, long Consumed, double Rate, DateTimeOffset SeenAt);
