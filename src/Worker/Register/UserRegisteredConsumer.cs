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
/// <remarks>
/// The link is for whoever has the address, and not for whom the message names: nobody who may hand tasks on gets at another's account. The mail
/// counts as the one an hour about a registration, so that a second registration looks the same whether the first one was new or not.
/// </remarks>
internal sealed class UserRegisteredConsumer(
    MailAllowance allowance, PasswordLinks links, IMailSender mail, MailComposer composer, IUnitOfWork unit, IOptions<PasswordMailOptions> options, StoreClock time)
    : IConsumer<UserRegistered>
{
    public async Task Consume(ConsumeContext<UserRegistered> context)
    {
        var (user, taskId) = (context.Message, context.GetOriginalMessageId()!.Value);
        if (await allowance.FindAsync(user.Email, context.CancellationToken) is not { } owner)
        {
            return;
        }

        var link = await links.CreateAsync(
            owner.UserId,
            options.Value.WelcomeLifetime,
            context.CancellationToken,
            committed => allowance.Take(committed, owner, RegistrationRepeatedConsumer.Mail, taskId));
        var message = composer.Compose(taskId, user.Email, owner.DisplayName, WelcomeMail.Content(user with { DisplayName = owner.DisplayName }, link));
        await mail.SendAsync(message, context.CancellationToken);

        var now = time.GetUtcNow();
        unit.Execute("UPDATE users SET welcomed_at = $2 WHERE id = $1", owner.UserId, now);
        await context.Publish(new WelcomeMailSent { UserId = owner.UserId, SentAt = now });
    }
}
