namespace Messaging.Contracts;

/// <summary>
/// Someone registered with an address that has an account already. Whoever asked is told nothing of that; the owner of the
/// address gets a mail.
/// </summary>
public sealed record RegistrationRepeated
{
    /// <summary>The address as it is stored: valid, lower case.</summary>
    public required string Email { get; init; }

    /// <summary>When the registration was accepted.</summary>
    public required DateTimeOffset RepeatedAt { get; init; }
}
