namespace Messaging.Outbox.Store;

/// <summary>A message as it was staged, to be written with the unit of work it belongs to.</summary>
internal sealed record StagedMessage
{
    public required Guid MessageId { get; init; }
    public required string Destination { get; init; }
    public required string ContentType { get; init; }
    public required string Metadata { get; init; }
    public required byte[] Body { get; init; }

    /// <summary>From the commit on; zero is due at once.</summary>
    public TimeSpan Delay { get; init; }

    public StagingCondition? Condition { get; init; }

    /// <summary>What the task is called, for a message that is to be tracked; its id is the message's.</summary>
    public string? TaskKind { get; init; }
}

/// <summary>A message as it lies in the outbox.</summary>
internal sealed record OutboxMessage
{
    public required long Id { get; init; }
    public required Guid MessageId { get; init; }
    public required int Attempts { get; init; }
    public required string Destination { get; init; }
    public required string ContentType { get; init; }
    public required string Metadata { get; init; }
    public required byte[] Body { get; init; }
}

/// <summary>A message that could not be sent, and when it is due again.</summary>
internal sealed record SendFailure(OutboxMessage Message, TimeSpan Delay, string Error);

/// <summary>Something that happens once to a message: that a consumer consumed it, or that an endpoint put it off.</summary>
internal readonly record struct InboxKey(Guid MessageId, Guid ConsumerId);

/// <summary>How an attempt ended.</summary>
internal sealed record TaskOutcome(Guid Id, TaskState State, int Attempts, DateTimeOffset? StartedAt)
{
    /// <summary>From the commit on, for <see cref="TaskState.Retrying"/>.</summary>
    public TimeSpan? RetryDelay { get; init; }

    public string? Error { get; init; }
}

/// <summary>An attempt that has been running for a while.</summary>
internal sealed record RunningTask(Guid Id, int Attempt, DateTimeOffset StartedAt);

/// <summary>
/// One consumer is done with a message that came over a transport without a memory of its own. The row goes when the last
/// one is; a failed message's row is kept, due never.
/// </summary>
internal readonly record struct Settlement(long OutboxId, bool Keep);

/// <summary>Rows older than these moments may go.</summary>
internal sealed record Retention(DateTimeOffset Inbox, DateTimeOffset SucceededTasks, DateTimeOffset FailedTasks, int Limit = 1_000);
