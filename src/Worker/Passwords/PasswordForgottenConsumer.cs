using MassTransit;
using Messaging.Contracts;
using Messaging.Worker.Mail;
using Microsoft.Extensions.Options;

namespace Messaging.Worker.Passwords;

/// <summary>
/// Mails a link to the owner of an address, if it has one. That there is none, or that the mailbox has had its share, is said nowhere. The
/// share is taken for an address that nobody has as well: what is left of it does not tell them apart.
/// </summary>
internal sealed class PasswordForgottenConsumer(
    MailAllowance allowance, MailRecipients recipients, PasswordLinks links, IMailSender mail, MailComposer composer, IOptions<PasswordMailOptions> options)
    : IConsumer<PasswordForgotten>
{
    private const string Mail = "reset";

    public async Task Consume(ConsumeContext<PasswordForgotten> context)
    {
        var (email, taskId) = (context.Message.Email, context.GetOriginalMessageId()!.Value);
        if (!await allowance.TryTakeAsync(email, Mail, taskId, context.CancellationToken)
            || await recipients.ByEmailAsync(email, context.CancellationToken) is not { } recipient)
        {
            return;
        }

        var link = await links.CreateAsync(recipient.UserId, options.Value.ResetLifetime, context.CancellationToken);
        await mail.SendAsync(composer.Compose(taskId, recipient, PasswordForgottenMail.Content(link)), context.CancellationToken);
    }
}
