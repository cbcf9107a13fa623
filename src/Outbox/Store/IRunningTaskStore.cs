namespace Messaging.Outbox.Store;

/// <summary>The seam for attempts that are at work: what they show of themselves.</summary>
internal interface IRunningTaskStore
{
    /// <summary>Shows tasks as Running, with their progress, that have not ended and have not got beyond this attempt.</summary>
    Task MarkRunningAsync(IReadOnlyList<RunningTask> tasks, string worker, CancellationToken cancellationToken);
}
