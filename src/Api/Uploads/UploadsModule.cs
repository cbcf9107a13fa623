using Messaging.Outbox.AspNetCore.Access;
using Messaging.Contracts;
using Messaging.ServiceDefaults.Files;
using Messaging.ServiceDefaults.Settings;

namespace Messaging.Api.Uploads;

/// <summary><c>/uploads</c>: files that are taken in, processed by a worker, and deleted when they are replaced or old.</summary>
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
        // What only reads.
        var read = routes.MapGroup("/uploads").WithTags("Uploads").RequireRead().ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        read.MapListUploads();
        read.MapGetUpload();
        read.MapUploadContent();

        // What fills a disk, or frees it.
        var operate = routes.MapGroup("/uploads").WithTags("Uploads").RequireOperate().ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        operate.MapAddUpload();
        operate.MapDeleteUpload();
    }
}
