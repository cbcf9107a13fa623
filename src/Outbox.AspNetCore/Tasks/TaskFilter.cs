using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Messaging.Outbox.AspNetCore.Tasks;

/// <summary>The filter of tasks: in a query string, or in the body of a bulk action.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record TaskFilter
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

    /// <summary>A search key of the message and its whole value, <c>name:value</c>.</summary>
    [RegularExpression("^[A-Za-z][A-Za-z0-9_.-]{0,63}:[^\\p{Cc}]{1,200}$", ErrorMessage = "must be the name of a search key, a colon and a value of 1 to 200 characters, such as orderId:42.")]
    public string? Key { get; init; }

    /// <summary>The name and the value of <see cref="Key"/>.</summary>
    public TaskKey? SearchKey() => Key?.IndexOf(':', StringComparison.Ordinal) is { } colon ? new TaskKey(Key[..colon], Key[(colon + 1)..]) : null;

    /// <summary>The 32 digits of <see cref="TraceId"/>.</summary>
    public string? Trace() => TraceId is { Length: > 32 } parent ? parent.Split('-')[1] : TraceId;

    /// <summary>The filter of somebody who reads: what the answer masks is not searched either.</summary>
    public TaskQuery ToQuery(HttpContext http) => ToQuery() with { HidesAddresses = !http.SeesAddresses() };

    /// <summary>The one place that reads the filter.</summary>
    public TaskQuery ToQuery() => new()
    {
        States = [.. State?.All.Distinct() ?? []], // a body has room for a hundred thousand
        Kind = Kind,
        Queue = Queue,
        CreatedFrom = CreatedFrom?.Value,
        CreatedBefore = CreatedBefore?.Value,
        Error = Error,
        TraceId = Trace(),
        Key = SearchKey(),
    };
}
