namespace Messaging.Contracts;

/// <summary>
/// What is shown of a user has changed. Every API process gets it, on a queue of its own that goes with the process, and drops what it
/// has cached of the user. So it is an event, and no task: nobody could tell when it is done.
/// </summary>
public sealed record ProfileChanged
{
    /// <summary>Whose profile it is.</summary>
    public required Guid UserId { get; init; }

    /// <summary>When it was changed.</summary>
    public required DateTimeOffset ChangedAt { get; init; }
}
