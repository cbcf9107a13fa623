using MassTransit;
using Messaging.ServiceDefaults.Messaging;

namespace Messaging.Worker.Register;

/// <summary>What follows a registration: its mail.</summary>
internal static class RegisterModule
{
    public static void AddRegister(this IBusRegistrationConfigurator configurator) =>
        configurator.AddConsumer<UserRegisteredConsumer, TaskConsumerDefinition<UserRegisteredConsumer>>();
}
