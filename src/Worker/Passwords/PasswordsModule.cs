using MassTransit;
using Messaging.Contracts;
using Messaging.Outbox;
using Messaging.ServiceDefaults.Hosting;
using Messaging.ServiceDefaults.Messaging;
using Messaging.ServiceDefaults.Settings;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Messaging.Worker.Passwords;

/// <summary>The worker's part of passwords: links and mails.</summary>
internal static class PasswordsModule
{
    public static void AddPasswords(this IBusRegistrationConfigurator configurator)
    {
        configurator.AddSettings<PasswordMailOptions>(PasswordMailOptions.Section, isPart: true);
        configurator.TryAddSingleton<ListenedAddresses>();
        configurator.AddSingleton<PublicUrl>();
        configurator.AddHostedService(provider => provider.GetRequiredService<PublicUrl>());
        configurator.AddSingleton<PasswordLinks>();

        configurator.AddConsumer<PasswordForgottenConsumer, TaskConsumerDefinition<PasswordForgottenConsumer>>();
        configurator.AddConsumer<PasswordChangedConsumer, TaskConsumerDefinition<PasswordChangedConsumer>>();
        configurator.AddConsumer<PasswordCleanUpDueConsumer, TaskConsumerDefinition<PasswordCleanUpDueConsumer>>();
        configurator.AddSchedule("password-clean-up", "17 3 * * *", new PasswordCleanUpDue());
    }
}
