using MassTransit;
using Messaging.Contracts;
using Messaging.Outbox;

namespace Messaging.Worker.Uploads;

/// <summary>
/// Of all processed uploads of a name the newest one stays. Whoever comes last of two at once finds both of them, so that it does not
/// matter which one was processed first.
/// </summary>
internal sealed class UploadReplacedConsumer(IStoreReader reader, UploadDeletion deletion, TaskContext task) : IConsumer<UploadReplaced>
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
