using MassTransit;
using Messaging.Contracts;
using Messaging.Worker.Mail;

namespace Messaging.Worker.Passwords;

/// <summary>Notifies a user that their password was set. The message holds no address, so the address is read here.</summary>
internal sealed class PasswordChangedConsumer(MailRecipients recipients, IMailSender mail, MailComposer composer) : IConsumer<PasswordChanged>
{
    public async Task Consume(ConsumeContext<PasswordChanged> context)
    {
        if (await recipients.ByIdAsync(context.Message.UserId, context.CancellationToken) is { } user)
        {
            var message = composer.Compose(context.GetOriginalMessageId()!.Value, user, PasswordChangedMail.Content(context.Message.ChangedAt));
            await mail.SendAsync(message, context.CancellationToken);
        }
    }
}
