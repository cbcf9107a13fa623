using MassTransit;
using Messaging.ServiceDefaults.Messaging;

namespace Messaging.Worker.Profiles;

/// <summary>Tells every API that a profile has changed.</summary>
internal static class ProfilesModule
{
    public static void AddProfiles(this IBusRegistrationConfigurator configurator) =>
        configurator.AddConsumer<CacheRefreshRequestedConsumer, TaskConsumerDefinition<CacheRefreshRequestedConsumer>>();
}
