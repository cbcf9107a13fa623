using Messaging.Contracts;
using Messaging.Outbox;

namespace Messaging.Worker.Uploads;

/// <summary>
/// The first of two steps that delete an upload: marks the row and enqueues the task that deletes its files, in one transaction.
/// From then on the API no longer returns the file, and a crash cannot leave a row without its file.
/// </summary>
internal sealed class UploadDeletion(IUnitOfWork unit, IBackgroundTasks tasks, StoreClock time)
{
    public const int BatchSize = 100;

    /// <summary>A condition on a row of <c>uploads</c>: a newer upload of the same name was processed.</summary>
    public static readonly string IsReplaced =
        $"""
        EXISTS (SELECT 1 FROM uploads AS newer
            WHERE newer.name = uploads.name AND newer.id > uploads.id AND newer.state = {(int)UploadState.Ready})
        """;

    /// <summary>Stages the deletion of any number of uploads. Repeating it for an upload that is being deleted changes nothing.</summary>
    public void Stage(IEnumerable<Guid> uploads)
    {
        var now = time.GetUtcNow();
        foreach (var ids in uploads.Chunk(BatchSize))
        {
            unit.Execute(
                $"""
                UPDATE uploads SET state = {(int)UploadState.Deleting}, changed_at = $1
                WHERE state <> {(int)UploadState.Deleting} AND id IN ({SqlFilter.Numbered(ids.Length, from: 2)})
                """,
                [now, .. ids]);
            tasks.Add(new UploadDeletionRequested { UploadIds = ids });
        }
    }
}
