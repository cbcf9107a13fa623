using Messaging.Outbox.AspNetCore;
using Messaging.Contracts;
using Messaging.ServiceDefaults.Files;
using Messaging.ServiceDefaults.Settings;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.Options;

namespace Messaging.Api.Exports;

/// <summary>Exports of the activity log: tasks that take minutes; the result is downloaded by a link that expires.</summary>
internal static class ExportsModule
{
    public static void AddExports(this WebApplicationBuilder builder)
    {
        builder.Services.AddSettings<ExportOptions>("Exports", isPart: true);
        builder.Services.AddFileFolder(ExportFiles.Area);
        builder.Services.AddSingleton<DownloadLinks>();

        // The signing keys are stored with the exports, in the folder that all API processes share.
        builder.Services.AddDataProtection().SetApplicationName("Messaging");
        builder.Services.AddOptions<KeyManagementOptions>().Configure<IOptions<FilesOptions>>(DownloadLinks.KeepKeys);
        // before the hosted service with which data protection reads the keys
        builder.Services.Insert(0, ServiceDescriptor.Singleton<IHostedService, FirstKey>());
        builder.Logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error);
    }

    public static void MapExports(this IEndpointRouteBuilder routes)
    {
        var operate = routes.MapGroup("/exports").WithTags("Exports").RequireOperate();
        operate.MapRequestExport();

        var read = routes.MapGroup("/exports/{id:guid}").WithTags("Exports").RequireRead();
        read.MapGetExport();

        // The link replaces the access key.
        routes.MapGroup("/exports/{id:guid}").WithTags("Exports").LimitsAnonymous(RateLimitPolicies.Reads).MapDownloadExport();
    }
}
