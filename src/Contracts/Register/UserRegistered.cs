using Messaging.Outbox;

namespace Messaging.Contracts;

/// <summary>Someone registered with an address that had no account. A worker sends the welcome mail.</summary>
[TaskType]
public sealed record UserRegistered
{
    /// <summary>The new account's id, a UUIDv7.</summary>
    public required Guid UserId { get; init; }

    /// <summary>The address as it is stored: valid, in lower case.</summary>
    [Redacted]
    public required string Email { get; init; }

    /// <summary>The display name, if the user gave one.</summary>
    [Redacted]
    public string? DisplayName { get; init; }

    /// <summary>When the registration was accepted.</summary>
    public required DateTimeOffset RegisteredAt { get; init; }
}
