using MassTransit;
using Messaging.ServiceDefaults.Messaging;

namespace Messaging.Worker.Profiles;

/// <summary>Notifies every API process of changed profiles.</summary>
internal static class ProfilesModule
{
    public static void AddProfiles(this IBusRegistrationConfigurator configurator) =>
        configurator.AddConsumer<CacheRefreshRequestedConsumer, TaskConsumerDefinition<CacheRefreshRequestedConsumer>>();
}
