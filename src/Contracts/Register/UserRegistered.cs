namespace Messaging.Contracts;

/// <summary>Someone registered with an address that had no account. A worker sends the welcome mail.</summary>
[TaskType]
public sealed record UserRegistered
{
    /// <summary>The new account's id, a UUIDv7.</summary>
    public required Guid UserId { get; init; }

    /// <summary>The address as it is stored: valid, lower case.</summary>
    public required string Email { get; init; }

    /// <summary>How the user wants to be called, if they said.</summary>
    public string? DisplayName { get; init; }

    /// <summary>When the registration was accepted.</summary>
    public required DateTimeOffset RegisteredAt { get; init; }
}
