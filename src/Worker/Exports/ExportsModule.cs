using MassTransit;
using Messaging.Contracts;
using Messaging.Outbox;
using Messaging.ServiceDefaults.Files;
using Messaging.ServiceDefaults.Messaging;
using Messaging.ServiceDefaults.Settings;

namespace Messaging.Worker.Exports;

/// <summary>Exports of the activity log, and the sweep that deletes old ones.</summary>
internal static class ExportsModule
{
    public static void AddExports(this IBusRegistrationConfigurator configurator)
    {
        configurator.AddSettings<ExportOptions>("Exports", isPart: true);
        configurator.AddFileFolder(ExportFiles.Area);
        configurator.AddConsumer<ExportRequestedConsumer, TaskConsumerDefinition<ExportRequestedConsumer>>();
        configurator.AddConsumer<ExportsSweepDueConsumer, TaskConsumerDefinition<ExportsSweepDueConsumer>>();
        configurator.AddSchedule("exports-sweep", "23 * * * *", new ExportsSweepDue());
    }
}
