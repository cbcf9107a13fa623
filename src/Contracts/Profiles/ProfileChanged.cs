namespace Messaging.Contracts;

/// <summary>
/// The profile of a user changed. Every API process receives the event on a temporary queue of its own and drops its cached copy.
/// It is an event and not a task, because there is no single point at which it is done.
/// </summary>
public sealed record ProfileChanged
{
    /// <summary>The id of the user.</summary>
    public required Guid UserId { get; init; }

    /// <summary>When it was changed.</summary>
    public required DateTimeOffset ChangedAt { get; init; }
}
