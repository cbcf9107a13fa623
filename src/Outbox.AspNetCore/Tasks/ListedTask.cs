using System.Text.Json.Serialization;

namespace Messaging.Outbox.AspNetCore.Tasks;

/// <summary>A task of a list.</summary>
internal sealed record ListedTask : TaskView
{
    /// <param name="task">The task.</param>
    /// <param name="reason">Why it is not running; null if nobody asked.</param>
    public ListedTask(TaskRecord task, TaskReason? reason)
        : base(Of(task)) => Why = reason is null ? null : new ListedReason(reason.Code, reason.Message, reason.Until);

    /// <summary>Why it is not running; only if it was asked for, and only of a task that has not ended.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull), JsonPropertyOrder(1)]
    public ListedReason? Why { get; }
}

/// <summary>Why a task of a list is not running.</summary>
/// <param name="Code">The cause.</param>
/// <param name="Message">It in a sentence.</param>
/// <param name="Until">When it changes by itself, if that is known.</param>
internal sealed record ListedReason(TaskReasonCode Code, string Message, DateTimeOffset? Until);
