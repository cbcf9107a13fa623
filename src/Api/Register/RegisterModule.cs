using Messaging.Outbox.AspNetCore;

namespace Messaging.Api.Register;

/// <summary>Registration of a mail address.</summary>
internal static class RegisterModule
{
    /// <summary>
    /// Hides the state of the mail task from anonymous callers: it would reveal whether a mail was sent, and so whether the
    /// mailbox had reached its limit.
    /// </summary>
    public static void AddRegister(this WebApplicationBuilder builder)
    {
        builder.Services.AddTaskKind(RegisterEndpoint.Kind, TaskDisclosure.UntilDue);
        builder.Services.AddAddressLimits();
    }
}
