using Messaging.Contracts;

namespace Messaging.Api.Uploads;

/// <summary>An upload, as it is shown.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">What it is called; the newest processed upload of a name replaces the others.</param>
/// <param name="ContentType">The media type, by its content.</param>
/// <param name="Size">In bytes.</param>
/// <param name="State">Received, Ready, or Lost when its file has gone.</param>
/// <param name="Sha256">The checksum, as hexadecimal digits; null until it was processed.</param>
/// <param name="HasThumbnail">Whether there is a thumbnail, as there is of every image that was processed.</param>
/// <param name="UploadedAt">When it was accepted.</param>
/// <param name="ProcessedAt">When it was processed; null before.</param>
/// <param name="TaskId">The task of processing it, which says what was wrong with it.</param>
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
