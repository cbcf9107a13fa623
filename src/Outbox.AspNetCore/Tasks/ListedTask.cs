using System.Text.Json;
using System.Text.Json.Serialization;

namespace Messaging.Outbox.AspNetCore.Tasks;

/// <summary>A task of a list.</summary>
internal sealed record ListedTask(
    Guid Id,
    string Kind,
    TaskState State,
    int Attempts,
    DateTimeOffset CreatedAt,
    DateTimeOffset? StartedAt,
    DateTimeOffset? FinishedAt,
    DateTimeOffset? NextAttemptAt,
    string? LastError,
    string? Queue,
    string? Worker,
    int? Progress,
    string? ProgressText,
    JsonElement? Result,
    int Redrives,
    string? TraceId)
{
    /// <summary>Why it is not running; only if it was asked for, and only of a task that has not ended.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ListedReason? Why { get; init; }

    public static bool HasEnded(TaskRecord task) => task.State is TaskState.Succeeded or TaskState.Failed or TaskState.Cancelled;

    public static ListedTask Of(TaskRecord task, TaskReason? reason) => new(
        task.Id,
        task.Kind,
        task.State,
        task.Attempts,
        task.CreatedAt,
        task.StartedAt,
        task.FinishedAt,
        task.NextAttemptAt,
        task.LastError,
        task.Queue,
        task.Worker,
        task.Progress,
        task.ProgressText,
        task.Result,
        task.Redrives,
        task.TraceId)
    {
        Why = reason is null ? null : new ListedReason(reason.Code, reason.Message, reason.Until),
    };
}

/// <summary>Why a task of a list is not running.</summary>
/// <param name="Code">The cause.</param>
/// <param name="Message">It in a sentence.</param>
/// <param name="Until">When it changes by itself, if that is known.</param>
internal sealed record ListedReason(TaskReasonCode Code, string Message, DateTimeOffset? Until);
