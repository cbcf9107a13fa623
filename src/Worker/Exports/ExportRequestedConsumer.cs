using MassTransit;
using Messaging.Contracts;
using Messaging.Outbox;
using Messaging.ServiceDefaults.Files;
using Microsoft.Extensions.Options;

namespace Messaging.Worker.Exports;

/// <summary>
/// Writes the activity log to CSV files, one file for each part. A file counts once its row is committed, and each part continues
/// after the last entry of the previous one. If a part runs twice, or on two workers at once, the second file has no row.
/// </summary>
internal sealed class ExportRequestedConsumer(
    IUnitOfWork unit,
    IStoreReader store,
    [FromKeyedServices(ExportFiles.Area)] FileFolder folder,
    ITaskContext task,
    IOptions<ExportOptions> options,
    StoreClock time) : IConsumer<ExportRequested>
{
    public async Task Consume(ConsumeContext<ExportRequested> context)
    {
        var request = context.Message;
        var part = new ExportPart(request, await CheckpointAsync(request.ExportId, context.CancellationToken), task, store);
        var name = ExportFiles.NewPart(request.ExportId, task.Part);
        var bytes = await folder.WriteAsync(name, async stream =>
        {
            await part.WriteAsync(stream, options.Value.PartDuration, time, context.CancellationToken);
            return stream.Length;
        });

        unit.Execute(
            "INSERT INTO export_files (export_id, part, name, bytes) VALUES ($1, $2, $3, $4)", request.ExportId, task.Part, name, bytes);
        unit.Execute(
            "UPDATE exports SET last_id = $2, entries = $3, finished_at = $4 WHERE id = $1",
            request.ExportId,
            part.Last,
            part.Entries,
            part.IsLast ? time.GetUtcNow() : null);
        if (part.IsLast)
        {
            task.SetResult(new { export = $"/exports/{request.ExportId}", entries = part.Entries });
        }
        else
        {
            task.ContinueLater();
        }
    }

    private async Task<(Guid? Last, long Entries)> CheckpointAsync(Guid id, CancellationToken cancellationToken)
    {
        var found = await store.QueryAsync(
            "SELECT last_id, entries FROM exports WHERE id = $1",
            [id],
            row => (row.IsDBNull(0) ? (Guid?)null : row.GetGuid(0), row.GetInt64(1)),
            cancellationToken);
        return found is [var checkpoint] ? checkpoint : throw new ExportGoneException();
    }
}

/// <summary>The export was deleted past its retention before it was finished.</summary>
internal sealed class ExportGoneException() : Exception("The export was deleted before it was finished."), IPermanentFailure;
