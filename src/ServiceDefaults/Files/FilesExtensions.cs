using Messaging.Outbox;
using Messaging.ServiceDefaults.Settings;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Messaging.ServiceDefaults.Files;

/// <summary>Registers the files that the API and the workers share.</summary>
public static class FilesExtensions
{
    /// <summary>Adds the folder's settings; the free space of its disk is checked before anything is stored for a request.</summary>
    public static void AddFiles(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSettings<FilesOptions>("Files");
        builder.Services.AddSingleton<IStorageGauge>(provider => new DiskGauge(
            "the files",
            provider.GetRequiredService<IOptions<FilesOptions>>().Value.Folder,
            provider.GetRequiredService<IOptions<OutboxOptions>>().Value.MinFreeBytes));
    }

    /// <summary>Adds a use case's subfolder under its name as key: <c>[FromKeyedServices("reports")] FileFolder</c>.</summary>
    public static IServiceCollection AddFileFolder(this IServiceCollection services, string area) => services.AddKeyedSingleton(
        area, (provider, _) => new FileFolder(provider.GetRequiredService<IOptions<FilesOptions>>(), area));
}
