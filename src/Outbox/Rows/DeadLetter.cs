namespace Messaging.Outbox.Rows;

/// <summary>A dead letter to be stored in the same transaction as the outcome of its task.</summary>
internal sealed record DeadLetter
{
    public required Guid Id { get; init; }
    public Guid? MessageId { get; init; }
    public Guid? TaskId { get; init; }
    public required string Queue { get; init; }
    public string? MessageType { get; init; }
    public required DeadLetterReason Reason { get; init; }
    public string? ExceptionType { get; init; }

    /// <summary>The throw site: the method that threw the exception.</summary>
    public string? ThrowSite { get; init; }

    public string? Error { get; init; }

    /// <summary>The stack trace of the exception.</summary>
    public string? StackTrace { get; init; }

    /// <summary>All headers as JSON.</summary>
    public required string Headers { get; init; }

    public required string Destination { get; init; }
    public required string ContentType { get; init; }

    /// <summary>The metadata of the message that a redrive will send.</summary>
    public required string Metadata { get; init; }

    public required byte[] Body { get; init; }
    public required DateTimeOffset DeadAt { get; init; }

    /// <summary>The same for dead letters with the same reason, exception type and throw site.</summary>
    public Guid GroupId => DerivedId.Of($"{Reason}\n{ExceptionType}\n{ThrowSite}");
}
