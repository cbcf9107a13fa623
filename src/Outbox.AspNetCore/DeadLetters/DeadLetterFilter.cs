namespace Messaging.Outbox.AspNetCore.DeadLetters;

/// <summary>Which dead letters are meant.</summary>
internal record DeadLetterFilter
{
    /// <summary>A group's id.</summary>
    public Guid? Group { get; init; }

    /// <summary>A task's id.</summary>
    public Guid? TaskId { get; init; }

    /// <summary>The queue.</summary>
    [Text(200)]
    public string? Queue { get; init; }

    /// <summary>The name of the message type.</summary>
    [Text(200)]
    public string? MessageType { get; init; }

    /// <summary>Why it is a dead letter.</summary>
    public Name<DeadLetterReason>? Reason { get; init; }

    /// <summary>A text that the error contains.</summary>
    [Text(200)]
    public string? Error { get; init; }

    /// <summary>Dead-lettered at this time or later.</summary>
    public Moment? From { get; init; }

    /// <summary>Dead-lettered before this time.</summary>
    public Moment? Before { get; init; }

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

/// <summary>Which to drop.</summary>
internal sealed record DropFilter : DeadLetterFilter
{
    /// <summary>What becomes of the tasks after it: Cancel, the default, or Keep, which leaves them Blocked.</summary>
    public Name<SuccessorPolicy>? Successors { get; init; }
}

/// <summary>Which to list.</summary>
internal sealed record ListDeadLettersQuery : DeadLetterFilter
{
    /// <summary>What was decided; Dead by default.</summary>
    public Name<DeadLetterState>? State { get; init; }

    /// <summary>Items of a page. Default 50.</summary>
    [System.ComponentModel.DataAnnotations.Range(1, 200)]
    public int? Limit { get; init; }

    /// <summary><c>next</c> of the page before.</summary>
    public Guid? After { get; init; }
}
