using Messaging.Outbox.AspNetCore;
using Messaging.Contracts;
using Messaging.ServiceDefaults.Files;
using Messaging.ServiceDefaults.Settings;

namespace Messaging.Api.Uploads;

/// <summary><c>/uploads</c>: files that a worker processes, and deletes when they are replaced or past their retention.</summary>
internal static class UploadsModule
{
    public static void AddUploads(this WebApplicationBuilder builder)
    {
        builder.Services.AddSettings<UploadOptions>("Uploads", isPart: true);
        builder.Services.AddFileFolder(UploadFiles.Area);
        builder.Services.AddSingleton<UploadWriter>();
        builder.Services.AddSingleton<UploadReader>();
    }

    public static void MapUploads(this IEndpointRouteBuilder routes)
    {
        // Routes that only read.
        var read = routes.MapGroup("/uploads").WithTags("Uploads").RequireRead().ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        read.MapListUploads();
        read.MapGetUpload();
        read.MapUploadContent();

        // Routes that use or free disk space.
        var operate = routes.MapGroup("/uploads").WithTags("Uploads").RequireOperate().ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        operate.MapAddUpload();
        operate.MapDeleteUpload();
    }
}
