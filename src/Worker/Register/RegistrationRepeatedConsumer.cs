using MassTransit;
using Messaging.Contracts;
using Messaging.Worker.Mail;
using Messaging.Worker.Passwords;

namespace Messaging.Worker.Register;

/// <summary>
/// Tells the owner of an address that someone tried to register it again; once an hour, however often they try, and not in the hour
/// after the welcome.
/// </summary>
internal sealed class RegistrationRepeatedConsumer(MailAllowance allowance, IMailSender mail, MailComposer composer)
    : IConsumer<RegistrationRepeated>
{
    /// <summary>What counts as a mail about a registration.</summary>
    public const string Mail = "repeated";

    private const int MailsPerHour = 1;

    public async Task Consume(ConsumeContext<RegistrationRepeated> context)
    {
        var (email, taskId) = (context.Message.Email, context.GetOriginalMessageId()!.Value);
        if (await allowance.TryTakeAsync(email, Mail, taskId, MailsPerHour, context.CancellationToken) is { } recipient)
        {
            var message = composer.Compose(taskId, email, recipient.DisplayName, RepeatedRegistrationMail.Content());
            await mail.SendAsync(message, context.CancellationToken);
        }
    }
}
