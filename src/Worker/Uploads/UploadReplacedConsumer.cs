using MassTransit;
using Messaging.Contracts;
using Messaging.Outbox;

namespace Messaging.Worker.Uploads;

/// <summary>
/// Keeps only the newest processed upload of a name. If two are processed at once, the one that commits later finds both, so the
/// order does not matter.
/// </summary>
internal sealed class UploadReplacedConsumer(IStoreReader reader, UploadDeletion deletion, ITaskContext task) : IConsumer<UploadReplaced>
{
    public async Task Consume(ConsumeContext<UploadReplaced> context)
    {
        var replaced = await reader.QueryAsync(
            $"""
            SELECT id FROM uploads
            WHERE name = (SELECT name FROM uploads WHERE id = $1) AND state = {(int)UploadState.Ready} AND {UploadDeletion.IsReplaced}
            ORDER BY id LIMIT {UploadDeletion.BatchSize}
            """,
            [context.Message.UploadId],
            row => row.GetGuid(0),
            context.CancellationToken);
        deletion.Stage(replaced);
        task.SetResult(new { Replaced = replaced.Count });
    }
}
