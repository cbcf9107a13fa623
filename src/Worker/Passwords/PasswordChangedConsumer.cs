using MassTransit;
using Messaging.Contracts;
using Messaging.Outbox;
using Messaging.Worker.Mail;

namespace Messaging.Worker.Passwords;

/// <summary>Tells a user that their password was set. The message has no address, so it is read here.</summary>
internal sealed class PasswordChangedConsumer(IStoreReader reader, IMailSender mail, MailComposer composer) : IConsumer<PasswordChanged>
{
    public async Task Consume(ConsumeContext<PasswordChanged> context)
    {
        var found = await reader.QueryAsync(
            "SELECT email, display_name FROM users WHERE id = $1",
            [context.Message.UserId],
            row => (Email: row.GetString(0), DisplayName: row.IsDBNull(1) ? null : row.GetString(1)),
            context.CancellationToken);
        if (found is [var user])
        {
            var content = PasswordChangedMail.Content(context.Message.ChangedAt);
            var message = composer.Compose(context.GetOriginalMessageId()!.Value, user.Email, user.DisplayName, content);
            await mail.SendAsync(message, context.CancellationToken);
        }
    }
}
