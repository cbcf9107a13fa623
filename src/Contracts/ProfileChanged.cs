namespace Messaging.Contracts;

/// <summary>
/// What is shown of a user has changed. Every API process gets it, on a queue of its own, and drops what it has cached of the
/// user. Hand it on, too, after a change by hand: it says which user, and not what has changed.
/// </summary>
public sealed record ProfileChanged
{
    /// <summary>Whose profile it is.</summary>
    public required Guid UserId { get; init; }

    /// <summary>When it was changed.</summary>
    public required DateTimeOffset ChangedAt { get; init; }
}
