using MassTransit;
using Messaging.Contracts;
using Messaging.Outbox;
using Messaging.ServiceDefaults.Files;
using Messaging.ServiceDefaults.Messaging;
using Messaging.ServiceDefaults.Settings;

namespace Messaging.Worker.Uploads;

/// <summary>Processes, replaces, deletes and sweeps uploads.</summary>
internal static class UploadsModule
{
    public static void AddUploads(this IBusRegistrationConfigurator configurator)
    {
        configurator.AddConsumer<UploadReceivedConsumer, TaskConsumerDefinition<UploadReceivedConsumer>>();
        configurator.AddConsumer<UploadReplacedConsumer, TaskConsumerDefinition<UploadReplacedConsumer>>();
        configurator.AddConsumer<UploadDeletionRequestedConsumer, TaskConsumerDefinition<UploadDeletionRequestedConsumer>>();
        configurator.AddConsumer<UploadsSweepDueConsumer, TaskConsumerDefinition<UploadsSweepDueConsumer>>();
        configurator.AddSchedule("uploads-sweep", "17 * * * *", new UploadsSweepDue());

        configurator.AddSettings<UploadTaskOptions>("Uploads", isPart: true);
        configurator.AddFileFolder(UploadFiles.Area);
        configurator.AddSingleton<ThumbnailMaker>();
        configurator.AddScoped<UploadDeletion>();
        configurator.AddScoped<UploadRowSweep>();
        configurator.AddScoped<UploadFileSweep>();
    }
}
