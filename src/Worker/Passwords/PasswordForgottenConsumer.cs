using MassTransit;
using Messaging.Contracts;
using Messaging.Worker.Mail;
using Microsoft.Extensions.Options;

namespace Messaging.Worker.Passwords;

/// <summary>
/// Mails a link to the user with the address, if there is one. Nothing reveals whether there is one or whether the mailbox has
/// reached its limit: the grant is taken for unknown addresses as well.
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
