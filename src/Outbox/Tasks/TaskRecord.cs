namespace Messaging.Outbox;

/// <summary>Where a task is in its life.</summary>
public enum TaskState
{
    /// <summary>Stored, and not started yet.</summary>
    Queued = 0,

    /// <summary>A worker has been at it for longer than <see cref="OutboxOptions.RunningAfter"/>.</summary>
    Running = 1,

    /// <summary>An attempt failed; the next one is due at <see cref="TaskRecord.NextAttemptAt"/>.</summary>
    Retrying = 2,

    /// <summary>Done; its effects are in the database.</summary>
    Succeeded = 3,

    /// <summary>Given up; the message lies in the error queue of its endpoint.</summary>
    Failed = 4,
}

/// <summary>What is known of a task: a message that was handed on and is followed until a worker is done with it.</summary>
public sealed record TaskRecord
{
    /// <summary>The id that the answer to the request named; also the id of the message.</summary>
    public required Guid Id { get; init; }

    /// <summary>The name of the message type.</summary>
    public required string Kind { get; init; }

    /// <summary>Where the task is in its life.</summary>
    public required TaskState State { get; init; }

    /// <summary>Attempts so far, the running one included.</summary>
    public required int Attempts { get; init; }

    /// <summary>When the task was stored.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the latest attempt began.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When the task succeeded or failed.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>When the next attempt is due, for a task that is Retrying.</summary>
    public DateTimeOffset? NextAttemptAt { get; init; }

    /// <summary>Why the last failed attempt failed: one line without a stack trace and without personal data.</summary>
    public string? LastError { get; init; }
}
