namespace Messaging.Outbox;

/// <summary>
/// Reads tasks. Each call throws <see cref="StoreUnavailableException"/> if the database does not answer within
/// <see cref="OutboxOptions.CommitTimeout"/>.
/// </summary>
public interface ITaskStore
{
    /// <summary>The task; null if it does not exist or is past its retention.</summary>
    Task<TaskRecord?> FindAsync(Guid id, CancellationToken cancellationToken = default);

    /// <summary>The failed attempts of a task, at most the latest 200, oldest first.</summary>
    Task<IReadOnlyList<TaskAttempt>> FailedAttemptsAsync(Guid id, CancellationToken cancellationToken = default);

    /// <summary>The direct predecessors and successors of a task, at most <see cref="TaskLinks.Max"/> of each.</summary>
    Task<TaskLinks> LinksAsync(Guid id, CancellationToken cancellationToken = default);

    /// <summary>A page of tasks, newest first.</summary>
    Task<Page<TaskRecord>> ListAsync(TaskQuery query, CancellationToken cancellationToken = default);
}
