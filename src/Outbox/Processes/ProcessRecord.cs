namespace Messaging.Outbox;

/// <summary>A process that is alive, as last reported.</summary>
public sealed record ProcessRecord
{
    /// <summary>The process: <c>machine:process</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The name of the service.</summary>
    public required string Service { get; init; }

    /// <summary>The machine or container.</summary>
    public required string Host { get; init; }

    /// <summary>The number of the process there.</summary>
    public required int ProcessId { get; init; }

    /// <summary>The version of the application.</summary>
    public required string Version { get; init; }

    /// <summary>When it started, by the database's clock.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When it last reported.</summary>
    public required DateTimeOffset SeenAt { get; init; }

    /// <summary>Whether it dispatches the outbox.</summary>
    public required bool Dispatches { get; init; }

    /// <summary>Whether it runs schedules.</summary>
    public required bool RunsSchedules { get; init; }

    /// <summary>The queues that it consumes, ordered by name.</summary>
    public IReadOnlyList<ProcessQueue> Queues { get; init; } = [];

    /// <summary>The tasks that it has been running for longer than <see cref="OutboxOptions.RunningAfter"/>.</summary>
    public IReadOnlyList<Guid> RunningTasks { get; init; } = [];
}

/// <summary>A queue that a process consumes.</summary>
/// <param name="Name">The queue.</param>
/// <param name="Concurrency">The number of messages that it consumes at once.</param>
/// <param name="InFlight">The number of messages in flight.</param>
/// <param name="Consumed">The number of messages that it has finished since its start, with any outcome.</param>
/// <param name="Rate">Messages per second during its last interval.</param>
public sealed record ProcessQueue(string Name, int Concurrency, int InFlight, long Consumed, double Rate);
