using System.Text.Json;

namespace Messaging.Outbox;

/// <summary>A message that was given up, as it is listed.</summary>
public sealed record DeadLetterRecord
{
    /// <summary>The dead letter's id.</summary>
    public required Guid Id { get; init; }

    /// <summary>The message's id, if it has one.</summary>
    public Guid? MessageId { get; init; }

    /// <summary>The task that the message is, if it is followed.</summary>
    public Guid? TaskId { get; init; }

    /// <summary>The queue that it was meant for, and that a redrive sends it to.</summary>
    public required string Queue { get; init; }

    /// <summary>The name of its type, as far as it can be read.</summary>
    public string? MessageType { get; init; }

    /// <summary>Why it was given up.</summary>
    public required DeadLetterReason Reason { get; init; }

    /// <summary>The type of the exception, if one was thrown.</summary>
    public string? ExceptionType { get; init; }

    /// <summary>The method that threw.</summary>
    public string? Place { get; init; }

    /// <summary>The same for failures of the same reason, exception type and place.</summary>
    public required Guid GroupId { get; init; }

    /// <summary>What failed, in a line.</summary>
    public string? Error { get; init; }

    /// <summary>What became of it.</summary>
    public required DeadLetterState State { get; init; }

    /// <summary>When it was given up.</summary>
    public required DateTimeOffset DeadAt { get; init; }

    /// <summary>When it was redriven or dropped.</summary>
    public DateTimeOffset? EndedAt { get; init; }
}

/// <summary>A message that was given up, whole.</summary>
/// <param name="Failure">As it is listed.</param>
/// <param name="Headers">Every header.</param>
/// <param name="ContentType">The kind of the body.</param>
/// <param name="Body">The body as text.</param>
/// <param name="EditedBody">What a redrive sent instead of the body.</param>
/// <param name="StackTrace">Where it was thrown, at most 8,192 characters; null where no exception was.</param>
public sealed record DeadLetterDetails(
    DeadLetterRecord Failure, JsonElement Headers, string ContentType, string Body, string? EditedBody, string? StackTrace);

/// <summary>Failures of the same kind.</summary>
/// <param name="GroupId">What names the group.</param>
/// <param name="Reason">Why they were given up.</param>
/// <param name="ExceptionType">The type of the exception.</param>
/// <param name="Place">The method that threw.</param>
/// <param name="Count">How many wait for a decision.</param>
/// <param name="FirstAt">When the first was given up.</param>
/// <param name="LastAt">When the last was given up.</param>
/// <param name="Example">The error of one of them.</param>
public sealed record DeadLetterGroup(
    Guid GroupId,
    DeadLetterReason Reason,
    string? ExceptionType,
    string? Place,
    long Count,
    DateTimeOffset FirstAt,
    DateTimeOffset LastAt,
    string? Example);

/// <summary>Which failures are meant; what is null does not matter.</summary>
public sealed record DeadLetterQuery
{
    /// <summary>This one.</summary>
    public Guid? Id { get; init; }

    /// <summary>Those of this task.</summary>
    public Guid? TaskId { get; init; }

    /// <summary>Those of this group.</summary>
    public Guid? GroupId { get; init; }

    /// <summary>Those of this queue.</summary>
    public string? Queue { get; init; }

    /// <summary>Those of this message type.</summary>
    public string? MessageType { get; init; }

    /// <summary>Those given up for this reason.</summary>
    public DeadLetterReason? Reason { get; init; }

    /// <summary>A text that the error contains, in whatever case.</summary>
    public string? Error { get; init; }

    /// <summary>Given up at this moment or later.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Given up before this moment.</summary>
    public DateTimeOffset? Before { get; init; }
}
