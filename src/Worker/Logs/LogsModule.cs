using MassTransit;
using Messaging.Contracts;
using Messaging.Outbox;
using Messaging.ServiceDefaults.Messaging;
using Messaging.ServiceDefaults.Settings;

namespace Messaging.Worker.Logs;

/// <summary>The activity log: appends entries, and deletes old ones every night.</summary>
internal static class LogsModule
{
    public static void AddLogs(this IBusRegistrationConfigurator configurator)
    {
        configurator.AddSettings<LogOptions>("Logs", isPart: true);
        configurator.AddConsumer<LogRequestedConsumer, TaskConsumerDefinition<LogRequestedConsumer>>();
        configurator.AddConsumer<LogCleanUpDueConsumer, TaskConsumerDefinition<LogCleanUpDueConsumer>>();
        configurator.AddSchedule("log-clean-up", "15 3 * * *", new LogCleanUpDue()); // operators can change or pause it
    }
}
