namespace Messaging.Outbox.Store;

/// <summary>The seam for the visible state of running attempts.</summary>
internal interface IRunningTaskStore
{
    /// <summary>Marks tasks as Running, with their progress, unless they have ended or a later attempt has started.</summary>
    Task MarkRunningAsync(IReadOnlyList<RunningTask> tasks, string worker, CancellationToken cancellationToken);
}
