using System.ComponentModel.DataAnnotations;

namespace Messaging.Outbox.AspNetCore.Tasks;

/// <summary>The filter of tasks.</summary>
internal sealed record ListTasksQuery : PageById
{
    /// <summary>One or more states, separated by commas.</summary>
    public Names<TaskState>? State { get; init; }

    /// <summary>The kind.</summary>
    [Text(200)]
    public string? Kind { get; init; }

    /// <summary>The queue.</summary>
    [Text(200)]
    public string? Queue { get; init; }

    /// <summary>Stored at this time or later.</summary>
    public Moment? CreatedFrom { get; init; }

    /// <summary>Stored before this time.</summary>
    public Moment? CreatedBefore { get; init; }

    /// <summary>A string that the last error contains.</summary>
    [Text(200)]
    public string? Error { get; init; }

    /// <summary>The trace in which they were enqueued: its 32 hexadecimal digits, or a traceparent with them, as an error answer's traceId is.</summary>
    [RegularExpression(
        "^([0-9a-fA-F]{32}|[0-9a-fA-F]{2}-[0-9a-fA-F]{32}-[0-9a-fA-F]{16}-[0-9a-fA-F]{2})$",
        ErrorMessage = "must be 32 hexadecimal digits, such as 0af7651916cd43dd8448eb211c80319c, or a traceparent.")]
    public string? TraceId { get; init; }

    /// <summary>Whether each task that has not ended says why it is not running. Default false.</summary>
    public bool? Why { get; init; }

    /// <summary>The 32 digits of <see cref="TraceId"/>.</summary>
    public string? Trace() => TraceId is { Length: > 32 } parent ? parent.Split('-')[1] : TraceId;
}
