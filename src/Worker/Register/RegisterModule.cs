using MassTransit;
using Messaging.ServiceDefaults.Messaging;

namespace Messaging.Worker.Register;

/// <summary>The mail after a registration.</summary>
internal static class RegisterModule
{
    public static void AddRegister(this IBusRegistrationConfigurator configurator) =>
        configurator.AddConsumer<UserRegisteredConsumer, TaskConsumerDefinition<UserRegisteredConsumer>>();
}
