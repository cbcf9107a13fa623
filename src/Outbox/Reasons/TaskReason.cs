namespace Messaging.Outbox;

/// <summary>Why a task is not running; or what it does, or how it ended.</summary>
public sealed record TaskReason
{
    /// <summary>The task.</summary>
    public required Guid TaskId { get; init; }

    /// <summary>Its state when it was read.</summary>
    public required TaskState State { get; init; }

    /// <summary>The cause; if there are several, the first that has to be removed.</summary>
    public required TaskReasonCode Code { get; init; }

    /// <summary>The cause in a sentence with its figures, and the others in short. Times are UTC.</summary>
    public required string Message { get; init; }

    /// <summary>What an operator can do about it; null if nothing is to be done.</summary>
    public string? Advice { get; init; }

    /// <summary>When it changes by itself at the latest known time: the next attempt, for instance. Null if unknown.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Since when it is so; null if unknown.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Who caused it: the name of an access key, as in the audit log. Null if nobody did, or if it is unknown.</summary>
    public string? Who { get; init; }

    /// <summary>The queue that it is about; null if it is about none.</summary>
    public string? Queue { get; init; }

    /// <summary>The tasks that it is about, at most 20.</summary>
    public IReadOnlyList<Guid> Tasks { get; init; } = [];

    /// <summary>A reason of a task, about its queue.</summary>
    internal static TaskReason Of(TaskRecord task, TaskReasonCode code, string message) => new()
    {
        TaskId = task.Id,
        State = task.State,
        Code = code,
        Message = message,
        Queue = task.Queue,
    };
}
