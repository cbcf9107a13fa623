using MassTransit;
using Messaging.Contracts;
using Messaging.Outbox;
using Messaging.ServiceDefaults.Messaging;
using Messaging.ServiceDefaults.Settings;

namespace Messaging.Worker.Logs;

/// <summary>The nightly clean-up of the activity log.</summary>
internal static class LogCleanUp
{
    /// <summary>Adds its consumer, its setting and its schedule, which an operator may change or pause.</summary>
    public static void AddLogCleanUp(this IBusRegistrationConfigurator configurator)
    {
        configurator.AddSettings<LogOptions>("Logs");
        configurator.AddConsumer<LogCleanUpDueConsumer, TaskConsumerDefinition<LogCleanUpDueConsumer>>();
        configurator.AddSchedule("log-clean-up", "15 3 * * *", new LogCleanUpDue());
    }
}
