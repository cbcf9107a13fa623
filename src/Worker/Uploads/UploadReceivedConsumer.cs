using System.Security.Cryptography;
using MassTransit;
using Messaging.Contracts;
using Messaging.Outbox;
using Messaging.ServiceDefaults.Files;

namespace Messaging.Worker.Uploads;

/// <summary>
/// Computes the checksum of an upload and, for an image, makes its thumbnail. Each attempt writes its own thumbnail; the row
/// names that of the committed attempt, and a sweep deletes the others.
/// </summary>
internal sealed class UploadReceivedConsumer(
    IStoreReader reader,
    [FromKeyedServices(UploadFiles.Area)] FileFolder files,
    ThumbnailMaker thumbnails,
    IUnitOfWork unit,
    ITaskContext task,
    StoreClock time) : IConsumer<UploadReceived>
{
    // Includes uploads that were marked as lost and whose file is back.
    private static readonly string IsUnprocessed =
        $"sha256 IS NULL AND state IN ({(int)UploadState.Received}, {(int)UploadState.Lost})";

    public async Task Consume(ConsumeContext<UploadReceived> context)
    {
        var id = context.Message.UploadId;
        if (await FindTypeAsync(id, context.CancellationToken) is not { } contentType)
        {
            return; // deleted or processed in the meantime
        }

        // A missing file can be temporary: the volume may be mounted late. After the last retry an operator can redrive the
        // message.
        await using var content = files.OpenRead(UploadFiles.Content(id))
            ?? throw new FileNotFoundException($"The file of the upload {id} is not in the shared folder.");
        var hash = Convert.ToHexStringLower(await SHA256.HashDataAsync(content, context.CancellationToken));
        task.ReportProgress(50, "checksum");

        Guid? thumbnail = null;
        if (contentType.StartsWith("image/", StringComparison.Ordinal))
        {
            content.Position = 0;
            thumbnail = await StoreThumbnailAsync(id, await thumbnails.MakeAsync(content, context.CancellationToken), context.CancellationToken);
        }

        unit.Execute(
            $"""
            UPDATE uploads SET state = {(int)UploadState.Ready}, sha256 = $2, thumbnail = $3, processed_at = $4, changed_at = $4
            WHERE id = $1 AND {IsUnprocessed}
            """,
            id,
            hash,
            thumbnail,
            time.GetUtcNow());
        task.SetResult(new { Sha256 = hash, HasThumbnail = thumbnail is not null });
    }

    private async Task<string?> FindTypeAsync(Guid id, CancellationToken cancellationToken)
    {
        var found = await reader.QueryAsync(
            $"SELECT content_type FROM uploads WHERE id = $1 AND {IsUnprocessed}",
            [id],
            row => row.GetString(0),
            cancellationToken);
        return found.FirstOrDefault();
    }

    private async Task<Guid> StoreThumbnailAsync(Guid upload, byte[] image, CancellationToken cancellationToken)
    {
        var thumbnail = time.NewId();
        return await files.WriteAsync(UploadFiles.Thumbnail(upload, thumbnail), async stream =>
        {
            await stream.WriteAsync(image, cancellationToken);
            return thumbnail;
        });
    }
}
