using MassTransit;
using Messaging.Contracts;
using Messaging.Outbox;
using Messaging.Worker.Mail;
using Messaging.Worker.Passwords;
using Microsoft.Extensions.Options;

namespace Messaging.Worker.Register;

/// <summary>
/// Welcomes a new user: sends the mail with the link to their first password, notes in the user's row that it was sent, and says so. The row and the event are
/// committed together with the inbox entry; the mail's Message-ID is the task's id, so that a mail which a crash sent twice
/// is recognised as one.
/// </summary>
internal sealed class UserRegisteredConsumer(
    PasswordLinks links, IMailSender mail, MailComposer composer, IUnitOfWork unit, IOptions<PasswordMailOptions> options, TimeProvider time)
    : IConsumer<UserRegistered>
{
    public async Task Consume(ConsumeContext<UserRegistered> context)
    {
        var user = context.Message;
        var link = await links.CreateAsync(user.UserId, options.Value.WelcomeLifetime, context.CancellationToken);
        var message = composer.Compose(
            context.GetOriginalMessageId()!.Value, user.Email, user.DisplayName, WelcomeMail.Content(user, link));
        await mail.SendAsync(message, context.CancellationToken);

        var now = time.GetUtcNow();
        unit.Execute("UPDATE users SET welcomed_at = $2 WHERE id = $1", user.UserId, now);
        await context.Publish(new WelcomeMailSent { UserId = user.UserId, SentAt = now });
    }
}
