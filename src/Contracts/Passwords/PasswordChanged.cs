using Messaging.Outbox;

namespace Messaging.Contracts;

/// <summary>A user set a password by a link. A worker notifies the user, in case somebody else did it.</summary>
public sealed record PasswordChanged
{
    /// <summary>The id of the user.</summary>
    [SearchKey]
    public required Guid UserId { get; init; }

    /// <summary>When it was set.</summary>
    public required DateTimeOffset ChangedAt { get; init; }
}
