namespace Messaging.Outbox.Rows;

/// <summary>A message that was given up, to be written with what the same transaction says of its task.</summary>
internal sealed record DeadLetter
{
    public required Guid Id { get; init; }
    public Guid? MessageId { get; init; }
    public Guid? TaskId { get; init; }
    public required string Queue { get; init; }
    public string? MessageType { get; init; }
    public required DeadLetterReason Reason { get; init; }
    public string? ExceptionType { get; init; }

    /// <summary>The method that threw.</summary>
    public string? Place { get; init; }

    public string? Error { get; init; }

    /// <summary>Where it was thrown.</summary>
    public string? StackTrace { get; init; }

    /// <summary>Every header, as JSON.</summary>
    public required string Headers { get; init; }

    public required string Destination { get; init; }
    public required string ContentType { get; init; }

    /// <summary>The metadata of the message that a redrive sends.</summary>
    public required string Metadata { get; init; }

    public required byte[] Body { get; init; }
    public required DateTimeOffset DeadAt { get; init; }

    /// <summary>The same for failures of the same kind: same reason, exception type and place.</summary>
    public Guid GroupId => DerivedId.Of($"{Reason}\n{ExceptionType}\n{Place}");
}
