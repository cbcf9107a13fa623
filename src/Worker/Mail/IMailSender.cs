using Messaging.Outbox;
using MimeKit;

namespace Messaging.Worker.Mail;

/// <summary>Hands a mail to whoever delivers it.</summary>
internal interface IMailSender
{
    /// <summary>Returns when the mail was accepted.</summary>
    /// <exception cref="MailRefusedException">It was refused for good; trying again is of no use.</exception>
    Task SendAsync(MimeMessage message, CancellationToken cancellationToken);
}

/// <summary>
/// The mail server refused the mail for good (SMTP 5xx). Neither this nor <see cref="MailDeferredException"/> repeats what the
/// server said: servers like to name the recipient, and exceptions end in logs and on spans.
/// </summary>
internal sealed class MailRefusedException(int statusCode)
    : Exception($"The mail server refused the mail for good, with {statusCode}."), IPermanentFailure;

/// <summary>The mail server does not take the mail now (SMTP 4xx).</summary>
internal sealed class MailDeferredException(int statusCode) : Exception($"The mail server does not take the mail now, with {statusCode}.")
{
    /// <summary>The server is about to close (421), which says nothing of the mail.</summary>
    public bool IsServerClosing { get; } = statusCode == 421;
}

/// <summary>The conversation with the mail server broke off, or its login failed.</summary>
internal sealed class MailServerException(Exception cause) : Exception($"The mail server could not be used: {cause.GetType().Name}.");
