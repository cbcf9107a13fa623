using Messaging.ServiceDefaults.Mail;
using Messaging.ServiceDefaults.Settings;
using Messaging.Outbox.AspNetCore.Tasks;

namespace Messaging.Api.Register;

/// <summary>Registering an address.</summary>
internal static class RegisterModule
{
    /// <summary>How its task goes on after the log would tell whether a mail was sent, and so whether the mailbox had its share already.</summary>
    public static void AddRegister(this WebApplicationBuilder builder)
    {
        builder.Services.AddTaskKind(RegisterEndpoint.Kind, TaskDisclosure.UntilDue);
        builder.Services.BindSettings<MailLimitOptions>(MailLimitOptions.Section); // whose domains are shared
        builder.Services.AddSingleton<AddressLimits>();
    }
}
