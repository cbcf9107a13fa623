using System.Text.Json;

namespace Messaging.Outbox;

/// <summary>The state of a task. docs/decisions/0007 has the transitions.</summary>
public enum TaskState
{
    /// <summary>Stored and due, but not started.</summary>
    Queued = 0,

    /// <summary>Running for longer than <see cref="OutboxOptions.RunningAfter"/>.</summary>
    Running = 1,

    /// <summary>An attempt failed; the next one is due at <see cref="TaskRecord.NextAttemptAt"/>.</summary>
    Retrying = 2,

    /// <summary>Done; its effects are committed.</summary>
    Succeeded = 3,

    /// <summary>Failed permanently; its message is a dead letter that can be redriven.</summary>
    Failed = 4,

    /// <summary>Not due before <see cref="TaskRecord.NextAttemptAt"/>.</summary>
    Scheduled = 5,

    /// <summary>Due when its predecessors have succeeded.</summary>
    Waiting = 6,

    /// <summary>A predecessor failed or was cancelled; redriving or retrying that one unblocks it.</summary>
    Blocked = 7,

    /// <summary>Cancelled before it was done: none of its effects was or will be committed.</summary>
    Cancelled = 8,
}

/// <summary>A task: a tracked message, from its enqueueing until a worker has processed it.</summary>
public sealed record TaskRecord
{
    /// <summary>The task's id, which the answer to the request contains; also the id of the message.</summary>
    public required Guid Id { get; init; }

    /// <summary>The name of the message type.</summary>
    public required string Kind { get; init; }

    /// <summary>The state of the task.</summary>
    public required TaskState State { get; init; }

    /// <summary>The number of attempts so far, including the running one.</summary>
    public required int Attempts { get; init; }

    /// <summary>When the task was stored.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the latest attempt started.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When the task succeeded, failed or was cancelled.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>When the next attempt of a Retrying or Scheduled task is due.</summary>
    public DateTimeOffset? NextAttemptAt { get; init; }

    /// <summary>The error of the last failed attempt: one line without a stack trace and without personal data.</summary>
    public string? LastError { get; init; }

    /// <summary>The task's queue, if it is known.</summary>
    public string? Queue { get; init; }

    /// <summary>The process of the latest attempt that was shown as Running.</summary>
    public string? Worker { get; init; }

    /// <summary>The progress that the consumer reported, 0 to 100.</summary>
    public int? Progress { get; init; }

    /// <summary>The activity that the consumer reported.</summary>
    public string? ProgressText { get; init; }

    /// <summary>The result that the consumer set.</summary>
    public JsonElement? Result { get; init; }

    /// <summary>The number of redrives.</summary>
    public int Redrives { get; init; }

    /// <summary>The trace in which the task was enqueued: 32 hexadecimal digits. Null if it belonged to none.</summary>
    public string? TraceId { get; init; }

    /// <summary>The task whose message this one runs again.</summary>
    public Guid? RunAgainOf { get; init; }
}

/// <summary>A failed attempt of a task.</summary>
/// <param name="Attempt">Its number, counted from 1 across retries and redrives.</param>
/// <param name="StartedAt">When it started.</param>
/// <param name="EndedAt">When it failed.</param>
/// <param name="Worker">The process in which it ran.</param>
/// <param name="Error">The error.</param>
public sealed record TaskAttempt(int Attempt, DateTimeOffset StartedAt, DateTimeOffset EndedAt, string Worker, string Error);
