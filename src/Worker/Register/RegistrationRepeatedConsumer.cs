using MassTransit;
using Messaging.Contracts;
using Messaging.Worker.Mail;

namespace Messaging.Worker.Register;

/// <summary>Tells the owner of an address that someone tried to register it again.</summary>
internal sealed class RegistrationRepeatedConsumer(IMailSender mail, MailComposer composer) : IConsumer<RegistrationRepeated>
{
    public async Task Consume(ConsumeContext<RegistrationRepeated> context)
    {
        var message = composer.Compose(
            context.GetOriginalMessageId()!.Value, context.Message.Email, displayName: null, RepeatedRegistrationMail.Content());
        await mail.SendAsync(message, context.CancellationToken);
    }
}
