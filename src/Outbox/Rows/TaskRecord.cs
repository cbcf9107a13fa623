using System.Text.Json;

namespace Messaging.Outbox;

/// <summary>Where a task is in its life. docs/decisions/0007 has the transitions.</summary>
public enum TaskState
{
    /// <summary>Stored and due, and not started yet.</summary>
    Queued = 0,

    /// <summary>A worker has been at it for longer than <see cref="OutboxOptions.RunningAfter"/>.</summary>
    Running = 1,

    /// <summary>An attempt failed; the next one is due at <see cref="TaskRecord.NextAttemptAt"/>.</summary>
    Retrying = 2,

    /// <summary>Done; its effects are in the database.</summary>
    Succeeded = 3,

    /// <summary>Given up; the message lies among the failures, from which it can be redriven.</summary>
    Failed = 4,

    /// <summary>Not due before <see cref="TaskRecord.NextAttemptAt"/>.</summary>
    Scheduled = 5,

    /// <summary>Due when the tasks before it have succeeded.</summary>
    Waiting = 6,

    /// <summary>A task before it failed or was cancelled; a redrive of that one lets it go on.</summary>
    Blocked = 7,

    /// <summary>Cancelled before it was done: none of its effects is in the database, and none will be.</summary>
    Cancelled = 8,
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

    /// <summary>When the task succeeded, failed or was cancelled.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>When the next attempt is due, for a task that is Retrying or Scheduled.</summary>
    public DateTimeOffset? NextAttemptAt { get; init; }

    /// <summary>Why the last failed attempt failed: one line without a stack trace and without personal data.</summary>
    public string? LastError { get; init; }

    /// <summary>The queue that the task is in, as far as it is known.</summary>
    public string? Queue { get; init; }

    /// <summary>The process that the latest attempt was seen running in.</summary>
    public string? Worker { get; init; }

    /// <summary>How far the consumer says it is, 0 to 100.</summary>
    public int? Progress { get; init; }

    /// <summary>What the consumer says it is at.</summary>
    public string? ProgressText { get; init; }

    /// <summary>What the consumer returned.</summary>
    public JsonElement? Result { get; init; }

    /// <summary>How often the task was sent again after it had failed.</summary>
    public int Redrives { get; init; }
}

/// <summary>An attempt at a task that failed.</summary>
/// <param name="Attempt">Its number, counted from 1 over retries and redrives.</param>
/// <param name="StartedAt">When it began.</param>
/// <param name="EndedAt">When it failed.</param>
/// <param name="Worker">The process that it ran in.</param>
/// <param name="Error">Why it failed.</param>
public sealed record TaskAttempt(int Attempt, DateTimeOffset StartedAt, DateTimeOffset EndedAt, string Worker, string Error);
