using Messaging.Contracts;
using Messaging.Outbox;
using Messaging.ServiceDefaults.Files;
using Microsoft.Extensions.Options;

namespace Messaging.Worker.Uploads;

/// <summary>
/// Deletes files that no row names: of interrupted uploads and of attempts that were not committed. It skips recent files, whose
/// row may not be committed yet, and files with other names.
/// </summary>
internal sealed class UploadFileSweep(
    IStoreReader reader,
    [FromKeyedServices(UploadFiles.Area)] FileFolder files,
    ITaskContext task,
    IOptions<UploadTaskOptions> options)
{
    private const int BatchSize = 200;

    /// <returns>The number of files that were checked and the number that were deleted.</returns>
    public async Task<(int Checked, int Deleted)> RunAsync(CancellationToken cancellationToken)
    {
        var (checkedFiles, deleted) = (0, 0);
        foreach (var batch in files.OlderThan(options.Value.Grace).Chunk(BatchSize))
        {
            var ours = batch.Select(name => (Name: name, File: UploadFiles.Parse(name))).Where(f => f.File is not null).ToList();
            var rows = await ReadAsync([.. ours.Select(f => f.File!.Value.Upload).Distinct()], cancellationToken);
            foreach (var (name, file) in ours)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var (upload, thumbnail) = file!.Value;
                if (!rows.TryGetValue(upload, out var named) || (thumbnail is not null && thumbnail != named))
                {
                    files.Delete(name);
                    deleted++;
                }
            }

            checkedFiles += batch.Length;
            task.ReportProgress(50, $"{checkedFiles} files");
        }

        return (checkedFiles, deleted);
    }

    /// <summary>The rows of these uploads, with the thumbnail that each of them names.</summary>
    private async Task<Dictionary<Guid, Guid?>> ReadAsync(Guid[] uploads, CancellationToken cancellationToken)
    {
        if (uploads.Length == 0)
        {
            return [];
        }

        var rows = await reader.QueryAsync(
            $"SELECT id, thumbnail FROM uploads WHERE id IN ({SqlFilter.Numbered(uploads.Length)})",
            [.. uploads],
            row => (Id: row.GetGuid(0), Thumbnail: row.IsDBNull(1) ? (Guid?)null : row.GetGuid(1)),
            cancellationToken);
        return rows.ToDictionary(r => r.Id, r => r.Thumbnail);
    }
}
