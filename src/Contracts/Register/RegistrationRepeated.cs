using Messaging.Outbox;

namespace Messaging.Contracts;

/// <summary>
/// Somebody registered an address that already has an account. The caller does not learn that; the owner of the address gets a
/// mail.
/// </summary>
public sealed record RegistrationRepeated
{
    /// <summary>The address as it is stored: valid, in lower case.</summary>
    [Redacted]
    public required string Email { get; init; }

    /// <summary>When the registration was accepted.</summary>
    public required DateTimeOffset RepeatedAt { get; init; }
}
