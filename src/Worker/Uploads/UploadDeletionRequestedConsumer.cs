using MassTransit;
using Messaging.Contracts;
using Messaging.Outbox;
using Messaging.ServiceDefaults.Files;

namespace Messaging.Worker.Uploads;

/// <summary>
/// The second step: deletes the files of marked uploads and then their rows, which commit together with the inbox entry. After a
/// crash in between it runs again; files that are already deleted are no error.
/// </summary>
internal sealed class UploadDeletionRequestedConsumer(
    IStoreReader reader, [FromKeyedServices(UploadFiles.Area)] FileFolder files, IUnitOfWork unit, ITaskContext task)
    : IConsumer<UploadDeletionRequested>
{
    public async Task Consume(ConsumeContext<UploadDeletionRequested> context)
    {
        var deleted = 0;
        foreach (var ids in context.Message.UploadIds.Distinct().Chunk(UploadDeletion.BatchSize))
        {
            // Only marked uploads: an operator can redrive the message with other ids.
            var marked = await reader.QueryAsync(
                $"SELECT id, thumbnail FROM uploads WHERE state = {(int)UploadState.Deleting} AND id IN ({SqlFilter.Numbered(ids.Length)})",
                [.. ids],
                row => (Id: row.GetGuid(0), Thumbnail: row.IsDBNull(1) ? (Guid?)null : row.GetGuid(1)),
                context.CancellationToken);
            foreach (var (id, thumbnail) in marked)
            {
                context.CancellationToken.ThrowIfCancellationRequested();
                if (thumbnail is not null)
                {
                    files.Delete(UploadFiles.Thumbnail(id, thumbnail.Value));
                }

                files.Delete(UploadFiles.Content(id));
                unit.Execute($"DELETE FROM uploads WHERE id = $1 AND state = {(int)UploadState.Deleting}", id);
                deleted++;
            }
        }

        task.SetResult(new { Deleted = deleted });
    }
}
