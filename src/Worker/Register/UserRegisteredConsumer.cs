using MassTransit;
using Messaging.Contracts;
using Messaging.Outbox;
using Messaging.Worker.Mail;
using Messaging.Worker.Passwords;
using Microsoft.Extensions.Options;

namespace Messaging.Worker.Register;

/// <summary>
/// Sends the mail after a registration: a welcome mail to a new user, or a notice to the owner of an address that somebody tried
/// to register again. Both use the same queue and do the same work (a mail grant, a link, a mail, an event), so that only the
/// mail tells them apart. The row and the event are committed together with the inbox entry. The mail's Message-ID is the task's
/// id, so that a mail which was sent twice because of a crash is recognised as one.
/// </summary>
/// <remarks>
/// The link is for the owner of the address in the database and does not depend on the rest of the message, so enqueueing a task
/// gives no access to another account.
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

    public Task Consume(ConsumeContext<UserRegistered> context) => NotifyAsync(context, context.Message.Email, WelcomeMail.Content);

    public Task Consume(ConsumeContext<RegistrationRepeated> context) => NotifyAsync(context, context.Message.Email, RepeatedRegistrationMail.Content);

    private async Task NotifyAsync(ConsumeContext context, string email, Func<PasswordLink, MailContent> content)
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
