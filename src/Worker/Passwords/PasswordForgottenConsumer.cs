using MassTransit;
using Messaging.Contracts;
using Messaging.Worker.Mail;
using Microsoft.Extensions.Options;

namespace Messaging.Worker.Passwords;

/// <summary>Mails a link to the owner of an address, if it has one. That there is none, or that they have had enough, is said nowhere.</summary>
internal sealed class PasswordForgottenConsumer(
    MailAllowance allowance, PasswordLinks links, IMailSender mail, MailComposer composer, IOptions<PasswordMailOptions> options)
    : IConsumer<PasswordForgotten>
{
    public async Task Consume(ConsumeContext<PasswordForgotten> context)
    {
        var (email, taskId) = (context.Message.Email, context.GetOriginalMessageId()!.Value);
        var limit = options.Value.MaxResetMailsPerHour;
        if (await allowance.TryTakeAsync(email, "forgotten", taskId, limit, context.CancellationToken) is not { } recipient)
        {
            return;
        }

        var link = await links.CreateAsync(recipient.UserId, options.Value.ResetLifetime, context.CancellationToken);
        var message = composer.Compose(taskId, email, recipient.DisplayName, PasswordForgottenMail.Content(link));
        await mail.SendAsync(message, context.CancellationToken);
    }
}
