using MassTransit;
using Messaging.Contracts;
using Messaging.Outbox;

namespace Messaging.Worker.Uploads;

/// <summary>
/// Repairs what crashes and people left behind: first rows, then files. Each change checks the expected state of the row, so that
/// two sweeps at once, or a repeated one, do no harm.
/// </summary>
internal sealed partial class UploadsSweepDueConsumer(
    UploadRowSweep rows, UploadFileSweep files, IBackgroundTasks tasks, ITaskContext task, ILogger<UploadsSweepDueConsumer> logger)
    : IConsumer<UploadsSweepDue>
{
    public async Task Consume(ConsumeContext<UploadsSweepDue> context)
    {
        var found = await rows.RunAsync(context.Message.After, context.CancellationToken);
        if (found.Lost > 0)
        {
            LogLost(found.Lost);
        }

        if (found.Next is { } next)
        {
            tasks.Add(new UploadsSweepDue { After = next }); // it sweeps the files when there are no more rows
            task.SetResult(new { found.Rows, found.Deleted, found.Lost, found.Restored, Files = 0, OrphansDeleted = 0, Continues = true });
            return;
        }

        var (checkedFiles, orphans) = await files.RunAsync(context.CancellationToken);
        task.SetResult(
            new { found.Rows, found.Deleted, found.Lost, found.Restored, Files = checkedFiles, OrphansDeleted = orphans, Continues = false });
    }

    [LoggerMessage(
        EventId = 3030, EventName = "UploadsMissing", Level = LogLevel.Error,
        Message = "The files of {Count} upload(s) are missing; check the shared folder (Files:Folder)")]
    private partial void LogLost(int count);
}
