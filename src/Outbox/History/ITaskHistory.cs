namespace Messaging.Outbox;

/// <summary>
/// Reads what has happened to a task, and which tasks it belongs to. Each call throws <see cref="StoreUnavailableException"/> if the database does not answer within
/// <see cref="OutboxOptions.CommitTimeout"/>.
/// </summary>
public interface ITaskHistory
{
    /// <summary>What has happened to the task, oldest first; null if it does not exist or is past its retention.</summary>
    Task<TaskTimeline?> FindTimelineAsync(Guid id, CancellationToken cancellationToken = default);

    /// <summary>
    /// The task and all that it is linked to over any number of links, at most <see cref="TaskGraph.MaxNodes"/>, the nearest ones first; null if it does not exist or is
    /// past its retention.
    /// </summary>
    Task<TaskGraph?> FindGraphAsync(Guid id, CancellationToken cancellationToken = default);
}
