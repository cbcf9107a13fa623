namespace Messaging.Contracts;

/// <summary>
/// Someone says that they forgot the password of an address. A worker looks whether there is such a user, and mails them a link;
/// whoever asked is told neither. No link is in here: it is made where the mail is.
/// </summary>
public sealed record PasswordForgotten
{
    /// <summary>The address as it would be stored: valid, lower case.</summary>
    public required string Email { get; init; }

    /// <summary>When the request was accepted.</summary>
    public required DateTimeOffset RequestedAt { get; init; }
}
