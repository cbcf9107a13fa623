using Messaging.Outbox;
using Messaging.ServiceDefaults.Files;
using Messaging.ServiceDefaults.Health;
using Microsoft.Extensions.Options;

namespace Messaging.Api.Http;

/// <summary>What this process looks at besides the database before it stores something for a caller.</summary>
internal static class StorageReserveExtensions
{
    public static void AddStorageReserve(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<IStorageGauge>(provider => new DiskGauge(
            "the files",
            provider.GetRequiredService<IOptions<FilesOptions>>().Value.Folder,
            provider.GetRequiredService<IOptions<OutboxOptions>>().Value.MinFreeBytes));
        builder.Services.AddHealthChecks().AddCheck<StorageHealthCheck>(HealthExtensions.Storage);
    }
}
