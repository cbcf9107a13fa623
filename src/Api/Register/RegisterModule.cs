using Messaging.Api.Tasks;

namespace Messaging.Api.Register;

/// <summary>Registering an address.</summary>
internal static class RegisterModule
{
    /// <summary>How its task goes on after the log would tell whether a mail was sent, and so whether the mailbox had its share already.</summary>
    public static void AddRegister(this WebApplicationBuilder builder) => builder.Services.AddTaskKind(RegisterEndpoint.Kind, TaskDisclosure.UntilDue);
}
