using Messaging.Outbox;
using MimeKit;

namespace Messaging.Worker.Mail;

/// <summary>Sends a mail to the server or folder that delivers it.</summary>
internal interface IMailSender
{
    /// <summary>Completes when the mail is accepted.</summary>
    /// <exception cref="MailRefusedException">The mail was refused permanently; a retry would fail too.</exception>
    Task SendAsync(MimeMessage message, CancellationToken cancellationToken);
}

/// <summary>
/// The mail server refused the mail permanently (SMTP 5xx). Neither this exception nor <see cref="MailDeferredException"/>
/// repeats the server's reply: it often contains the recipient's address, and exceptions end up in logs and traces.
/// </summary>
internal sealed class MailRefusedException(int statusCode)
    : Exception($"The mail server refused the mail permanently with status {statusCode}."), IPermanentFailure;

/// <summary>The mail server does not accept the mail at the moment (SMTP 4xx).</summary>
internal sealed class MailDeferredException(int statusCode) : Exception($"The mail server does not accept the mail at the moment: status {statusCode}.")
{
    /// <summary>Whether the server is shutting down (421), which has nothing to do with the mail.</summary>
    public bool IsServerClosing { get; } = statusCode == 421;
}

/// <summary>The connection to the mail server broke, or the login failed.</summary>
internal sealed class MailServerException(Exception cause) : Exception($"The mail server could not be used: {cause.GetType().Name}.");
