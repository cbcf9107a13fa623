using Messaging.Contracts;

namespace Messaging.Api.Uploads;

/// <summary>An upload in responses.</summary>
/// <param name="Id">The id of the upload.</param>
/// <param name="Name">The name; the newest processed upload of a name replaces the others.</param>
/// <param name="ContentType">The media type, detected by its content.</param>
/// <param name="Size">The size in bytes.</param>
/// <param name="State">Received, Ready, or Lost if its file is missing.</param>
/// <param name="Sha256">The checksum, in hexadecimal; null until the upload is processed.</param>
/// <param name="HasThumbnail">Whether there is a thumbnail; every processed image has one.</param>
/// <param name="UploadedAt">When the upload was accepted.</param>
/// <param name="ProcessedAt">When it was processed; null before that.</param>
/// <param name="TaskId">The id of the task that processes it; its error tells what failed.</param>
internal sealed record UploadView(
    Guid Id,
    string Name,
    string ContentType,
    long Size,
    UploadState State,
    string? Sha256,
    bool HasThumbnail,
    DateTimeOffset UploadedAt,
    DateTimeOffset? ProcessedAt,
    Guid TaskId)
{
    public static UploadView Of(Upload upload) => new(
        upload.Id,
        upload.Name,
        upload.ContentType,
        upload.Size,
        upload.State,
        upload.Sha256,
        upload.Thumbnail is not null,
        upload.UploadedAt,
        upload.ProcessedAt,
        upload.TaskId);
}
