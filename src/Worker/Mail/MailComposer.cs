using Microsoft.Extensions.Options;
using MimeKit;

namespace Messaging.Worker.Mail;

/// <summary>A mail's subject and its two bodies; the HTML is encoded already.</summary>
internal sealed record MailContent(string Subject, string Text, string Html);

/// <summary>
/// Builds a mail with a plain text and an HTML body. Its Message-ID is derived from the task's id, and so the same each time it
/// is sent.
/// </summary>
internal sealed class MailComposer(IOptions<MailOptions> options, TimeProvider time)
{
    public MimeMessage Compose(Guid taskId, MailRecipient recipient, MailContent content)
    {
        var from = MailboxAddress.Parse(options.Value.From);
        return new MimeMessage([from], [new MailboxAddress(recipient.DisplayName, recipient.Email)], content.Subject, Body(content))
        {
            MessageId = $"{taskId:N}@{from.Domain}",
            Date = time.GetUtcNow(),
        };
    }

    private static MimeEntity Body(MailContent content) =>
        new BodyBuilder { TextBody = content.Text, HtmlBody = content.Html }.ToMessageBody();
}
