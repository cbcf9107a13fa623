using System.Text.Json;
using System.Text.Json.Serialization;

namespace Messaging.Outbox;

/// <summary>A dead letter in a list.</summary>
public sealed record DeadLetterRecord
{
    /// <summary>The dead letter's id.</summary>
    public required Guid Id { get; init; }

    /// <summary>The message's id, if it has one.</summary>
    public Guid? MessageId { get; init; }

    /// <summary>The id of its task, if it is tracked.</summary>
    public Guid? TaskId { get; init; }

    /// <summary>The queue to which it was sent, and to which a redrive sends it.</summary>
    public required string Queue { get; init; }

    /// <summary>The name of its type, if it can be read.</summary>
    public string? MessageType { get; init; }

    /// <summary>Why it was dead-lettered.</summary>
    public required DeadLetterReason Reason { get; init; }

    /// <summary>The type of the exception, if one was thrown.</summary>
    public string? ExceptionType { get; init; }

    /// <summary>The throw site: the method that threw the exception.</summary>
    public string? ThrowSite { get; init; }

    /// <summary>The same for dead letters with the same reason, exception type and throw site.</summary>
    public required Guid GroupId { get; init; }

    /// <summary>The error in one line.</summary>
    public string? Error { get; init; }

    /// <summary>Whether it waits for a decision, was redriven, or was dropped.</summary>
    public required DeadLetterState State { get; init; }

    /// <summary>When it was dead-lettered.</summary>
    public required DateTimeOffset DeadAt { get; init; }

    /// <summary>When it was redriven or dropped.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>The queue to which a redrive sent it, if that was not <see cref="Queue"/>.</summary>
    public string? RedrivenTo { get; init; }
}

/// <summary>A dead letter with its headers and body.</summary>
/// <param name="DeadLetter">The dead letter as in a list.</param>
/// <param name="Headers">All headers.</param>
/// <param name="ContentType">The media type of the body.</param>
/// <param name="Body">The body as text.</param>
/// <param name="EditedBody">The body that a redrive sent instead.</param>
/// <param name="StackTrace">The stack trace of the exception, at most 8,192 characters; null if there was no exception.</param>
public sealed record DeadLetterDetails(
    DeadLetterRecord DeadLetter, JsonElement Headers, string ContentType, string Body, string? EditedBody, string? StackTrace)
{
    /// <summary>The names of its type on the wire, and then of those that it inherits; empty if nothing of the message says so.</summary>
    public IReadOnlyList<string> MessageTypes { get; init; } = [];
}

/// <summary>A group of similar dead letters.</summary>
/// <param name="GroupId">The id of the group.</param>
/// <param name="Reason">Why they were dead-lettered.</param>
/// <param name="ExceptionType">The type of the exception.</param>
/// <param name="ThrowSite">The throw site.</param>
/// <param name="Count">The number of dead letters that wait for a decision; a lower bound if it is not exact.</param>
/// <param name="FirstAt">When the first one was dead-lettered.</param>
/// <param name="LastAt">When the last one was dead-lettered.</param>
/// <param name="Example">The error of the last one.</param>
public sealed record DeadLetterGroup(
    Guid GroupId,
    DeadLetterReason Reason,
    string? ExceptionType,
    string? ThrowSite,
    long Count,
    DateTimeOffset FirstAt,
    DateTimeOffset LastAt,
    string? Example)
{
    /// <summary>False if there are more than are counted: 100,000, or fewer if a page has more than ten groups.</summary>
    public bool IsExact { get; init; } = true;

    /// <summary>The queues to which they were sent, by name.</summary>
    public IReadOnlyList<string> Queues { get; init; } = [];

    /// <summary>How many of those that wait were dead-lettered in each of the last 24 hours, oldest first; the last hour ends now.</summary>
    public IReadOnlyList<long> Trend { get; init; } = [];

    /// <summary>Whether there are so many that <see cref="Queues"/> and <see cref="Trend"/> are those of the newest alone: 10,000, or fewer if a page has more than ten groups.</summary>
    public bool IsCapped { get; init; }

    /// <summary>The note of an operator; null if there is none.</summary>
    public DeadLetterNote? Note { get; init; }
}

/// <summary>The note of an operator on a group of dead letters.</summary>
/// <param name="Text">The text.</param>
/// <param name="Who">The name of the access key of whoever wrote it last.</param>
/// <param name="At">When that was.</param>
public sealed record DeadLetterNote(string Text, string Who, DateTimeOffset At);

/// <summary>A filter of dead letters; a null property matches all.</summary>
public sealed record DeadLetterQuery
{
    /// <summary>Only this dead letter.</summary>
    public Guid? Id { get; init; }

    /// <summary>Only those of this task.</summary>
    public Guid? TaskId { get; init; }

    /// <summary>Only those of this group.</summary>
    public Guid? GroupId { get; init; }

    /// <summary>Only those of this queue.</summary>
    public string? Queue { get; init; }

    /// <summary>Only those of this message type.</summary>
    public string? MessageType { get; init; }

    /// <summary>Only those with this reason.</summary>
    public DeadLetterReason? Reason { get; init; }

    /// <summary>Only those whose error contains this string, ignoring case.</summary>
    public string? Error { get; init; }

    /// <summary>
    /// Whether <see cref="Error"/> is not searched in what stands before the <c>@</c> of an e-mail address, for a caller who may not see it. Default false.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool HidesAddresses { get; init; }

    /// <summary>Only those dead-lettered at this time or later.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Only those dead-lettered before this time.</summary>
    public DateTimeOffset? Before { get; init; }
}
