namespace Messaging.Contracts;

/// <summary>
/// The mail server accepted the mail about a registration. Published in the transaction that consumed <see cref="UserRegistered"/> or
/// <see cref="RegistrationRepeated"/>.
/// </summary>
public sealed record RegistrationMailSent
{
    /// <summary>The id of the user.</summary>
    public required Guid UserId { get; init; }

    /// <summary>When the mail server accepted it.</summary>
    public required DateTimeOffset SentAt { get; init; }
}
