using System.Text.Json.Serialization;

namespace Messaging.Outbox.AspNetCore.DeadLetters;

/// <summary>The filter of dead letters: in a query string, or in the body of a bulk action.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal record DeadLetterFilter
{
    /// <summary>The id of a group.</summary>
    public Guid? Group { get; init; }

    /// <summary>The id of a task.</summary>
    public Guid? TaskId { get; init; }

    /// <summary>The queue.</summary>
    [Text(200)]
    public string? Queue { get; init; }

    /// <summary>The name of the message type.</summary>
    [Text(200)]
    public string? MessageType { get; init; }

    /// <summary>The reason why the message is a dead letter.</summary>
    public Name<DeadLetterReason>? Reason { get; init; }

    /// <summary>A string that the error contains.</summary>
    [Text(200)]
    public string? Error { get; init; }

    /// <summary>Dead-lettered at this time or later.</summary>
    public Moment? From { get; init; }

    /// <summary>Dead-lettered before this time.</summary>
    public Moment? Before { get; init; }

    /// <summary>The filter of somebody who reads: what the answer masks is not searched either.</summary>
    public DeadLetterQuery ToQuery(HttpContext http) => ToQuery() with { HidesAddresses = !http.SeesAddresses() };

    public DeadLetterQuery ToQuery() => new()
    {
        GroupId = Group,
        TaskId = TaskId,
        Queue = Queue,
        MessageType = MessageType,
        Reason = Reason?.Value,
        Error = Error,
        From = From?.Value,
        Before = Before?.Value,
    };
}

/// <summary>The dead letters to drop.</summary>
internal sealed record DropFilter : DeadLetterFilter
{
    /// <summary>What happens to the tasks that wait for the task: Cancel (default), or Keep, which leaves them Blocked.</summary>
    public Name<SuccessorPolicy>? Successors { get; init; }
}

/// <summary>The dead letters to redrive.</summary>
internal sealed record RedriveFilter : DeadLetterFilter
{
    /// <summary>Another queue to which they are sent. Default: the queue of each.</summary>
    [Text(200)]
    public string? ToQueue { get; init; }
}

/// <summary>The dead letters to list; with them, the handler takes a page.</summary>
internal sealed record ListDeadLettersQuery : DeadLetterFilter
{
    /// <summary>The state: Dead (default), Redriven or Dropped.</summary>
    public Name<DeadLetterState>? State { get; init; }
}
