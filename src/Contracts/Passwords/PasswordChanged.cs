namespace Messaging.Contracts;

/// <summary>A user's password was set by a link. A worker tells them, in case it was not they who did it.</summary>
public sealed record PasswordChanged
{
    /// <summary>Whose password it is.</summary>
    public required Guid UserId { get; init; }

    /// <summary>When it was set.</summary>
    public required DateTimeOffset ChangedAt { get; init; }
}
