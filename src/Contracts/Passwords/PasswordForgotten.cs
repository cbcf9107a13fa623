using Messaging.Outbox;

namespace Messaging.Contracts;

/// <summary>
/// Somebody asked to reset the password of an address. A worker checks whether a user has the address and mails a link to it; the
/// caller learns neither. The message holds no link: the worker creates it when it sends the mail.
/// </summary>
[Sensitive]
public sealed record PasswordForgotten
{
    /// <summary>The address as it is stored: valid, in lower case.</summary>
    public required string Email { get; init; }

    /// <summary>When the request was accepted.</summary>
    public required DateTimeOffset RequestedAt { get; init; }
}
