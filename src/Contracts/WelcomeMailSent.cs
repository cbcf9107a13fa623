namespace Messaging.Contracts;

/// <summary>The mail server accepted the welcome mail. Published in the transaction that consumed <see cref="UserRegistered"/>.</summary>
public sealed record WelcomeMailSent
{
    /// <summary>Whose welcome mail it was.</summary>
    public required Guid UserId { get; init; }

    /// <summary>When the mail server accepted it.</summary>
    public required DateTimeOffset SentAt { get; init; }
}
