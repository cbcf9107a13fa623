using MassTransit;
using Messaging.Contracts;
using Messaging.Outbox;

namespace Messaging.Worker.Uploads;

/// <summary>
/// Mends what crashes, and people, have left: first rows, then files. Each change says what it expects of the row, so that two sweeps
/// at once, or one that runs again, do no harm.
/// </summary>
internal sealed partial class UploadsSweepDueConsumer(
    UploadRowSweep rows, UploadFileSweep files, BackgroundTasks tasks, TaskContext task, ILogger<UploadsSweepDueConsumer> logger)
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
            tasks.Add(new UploadsSweepDue { After = next }); // and the files, when there are no more rows
            task.SetResult(new { found.Rows, found.Deleted, found.Lost, found.Restored, Files = 0, OrphansDeleted = 0, GoesOn = true });
            return;
        }

        var (looked, orphans) = await files.RunAsync(context.CancellationToken);
        task.SetResult(
            new { found.Rows, found.Deleted, found.Lost, found.Restored, Files = looked, OrphansDeleted = orphans, GoesOn = false });
    }

    [LoggerMessage(LogLevel.Error, "The files of {Count} upload(s) have gone; is the shared folder (Files:Folder) the right one?")]
    private partial void LogLost(int count);
}
