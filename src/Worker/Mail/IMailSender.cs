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

/// <summary>The mail server refused the mail for good (SMTP 5xx).</summary>
internal sealed class MailRefusedException(int statusCode, string reply, Exception innerException)
    : Exception($"The mail server refused the mail: {statusCode} {reply}", innerException), IPermanentFailure;
