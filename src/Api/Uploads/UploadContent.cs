using Messaging.Contracts;
using Messaging.ServiceDefaults.Files;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace Messaging.Api.Uploads;

/// <summary>
/// <c>GET /uploads/{id}/content</c> and <c>/thumbnail</c>: the files. Browsers must not treat one as a page of this service: it
/// is sent as an attachment, with exactly the detected type, and may load and run nothing.
/// </summary>
internal static class UploadContent
{
    public static void MapUploadContent(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/{id:guid}/content", ContentAsync)
            .WithName("GetUploadContent")
            .WithSummary("The file, or a range of it")
            .ProducesFile();
        routes.MapGet("/{id:guid}/thumbnail", ThumbnailAsync)
            .WithName("GetUploadThumbnail")
            .WithSummary("The thumbnail of an image: WebP, at most 256 x 256 pixels")
            .ProducesFile();
    }

    private static async Task<Results<FileStreamHttpResult, ProblemHttpResult>> ContentAsync(
        Guid id, UploadReader uploads, [FromKeyedServices(UploadFiles.Area)] FileFolder files, HttpResponse response, CancellationToken cancellationToken) =>
        await uploads.FindAsync(id, cancellationToken) is { } upload && files.OpenRead(UploadFiles.Content(id)) is { } file
            ? response.File(file, upload.ContentType, upload.Name, upload.Sha256)
            : ReadUploads.NotFound(id);

    private static async Task<Results<FileStreamHttpResult, ProblemHttpResult>> ThumbnailAsync(
        Guid id, UploadReader uploads, [FromKeyedServices(UploadFiles.Area)] FileFolder files, HttpResponse response, CancellationToken cancellationToken)
    {
        if (await uploads.FindAsync(id, cancellationToken) is not { } upload)
        {
            return ReadUploads.NotFound(id);
        }

        return upload.Thumbnail is { } thumbnail && files.OpenRead(UploadFiles.Thumbnail(id, thumbnail)) is { } file
            ? response.File(file, "image/webp", $"{upload.Name}.webp", $"{thumbnail:N}")
            : TypedResults.Problem(
                $"The upload {id} has no thumbnail: it is not an image, or it is not processed yet.", statusCode: StatusCodes.Status404NotFound);
    }

    private static FileStreamHttpResult File(this HttpResponse response, FileStream file, string contentType, string name, string? tag)
    {
        response.Headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
        response.Headers.CacheControl = "private, no-cache"; // revalidate: the upload may have been deleted

        // A client that takes the name for a path still saves it in its own folder.
        var saveAs = name.Replace('/', '_').Replace('\\', '_');
        return TypedResults.Stream(
            file, contentType, saveAs, lastModified: null, tag is null ? null : new EntityTagHeaderValue($"\"{tag}\""), enableRangeProcessing: true);
    }
}
