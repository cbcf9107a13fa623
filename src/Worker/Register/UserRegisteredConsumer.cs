using MassTransit;
using Messaging.Contracts;
using Messaging.Outbox;
using Messaging.Worker.Mail;
using Messaging.Worker.Passwords;
using Microsoft.Extensions.Options;

namespace Messaging.Worker.Register;

/// <summary>
/// Writes to the owner of an address that was registered: a welcome to a new one, and to one that was there that somebody tried. Both come
/// through one queue and are the same work - a share of the mailbox, a link, a mail, an event - so that nothing but the mail tells them apart.
/// The row and the event are committed together with the inbox entry; the mail's Message-ID is the task's id, so that a mail which a crash sent
/// twice is recognised as one.
/// </summary>
/// <remarks>
/// The link is for whoever has the address, and not for whom the message names: nobody who may hand tasks on gets at another's account.
/// </remarks>
internal sealed class UserRegisteredConsumer(
    MailAllowance allowance,
    MailRecipients recipients,
    PasswordLinks links,
    IMailSender mail,
    MailComposer composer,
    IUnitOfWork unit,
    IOptions<PasswordMailOptions> options,
    StoreClock time)
    : IConsumer<UserRegistered>, IConsumer<RegistrationRepeated>
{
    private const string Mail = "registration";

    public Task Consume(ConsumeContext<UserRegistered> context) => TellAsync(context, context.Message.Email, WelcomeMail.Content);

    public Task Consume(ConsumeContext<RegistrationRepeated> context) => TellAsync(context, context.Message.Email, RepeatedRegistrationMail.Content);

    private async Task TellAsync(ConsumeContext context, string email, Func<PasswordLink, MailContent> content)
    {
        var (taskId, cancellationToken) = (context.GetOriginalMessageId()!.Value, context.CancellationToken);
        if (!await allowance.TryTakeAsync(email, Mail, taskId, cancellationToken)
            || await recipients.ByEmailAsync(email, cancellationToken) is not { } owner)
        {
            return;
        }

        var lifetime = owner.IsConfirmed ? options.Value.ResetLifetime : options.Value.WelcomeLifetime;
        var link = await links.CreateAsync(owner.UserId, lifetime, cancellationToken);
        await mail.SendAsync(composer.Compose(taskId, owner, content(link)), cancellationToken);

        var now = time.GetUtcNow();
        unit.Execute("UPDATE users SET welcomed_at = COALESCE(welcomed_at, $2) WHERE id = $1", owner.UserId, now);
        await context.Publish(new RegistrationMailSent { UserId = owner.UserId, SentAt = now });
    }
}
