namespace Messaging.Outbox;

/// <summary>
/// Tells why tasks are not running, from what the database and this process's broker connection show. Each call throws
/// <see cref="StoreUnavailableException"/> if the database does not answer within <see cref="OutboxOptions.CommitTimeout"/>.
/// </summary>
public interface ITaskReasons
{
    /// <summary>The reason of one task; null if it does not exist or is past its retention.</summary>
    Task<TaskReason?> FindAsync(Guid id, CancellationToken cancellationToken = default);

    /// <summary>
    /// The reasons of many tasks, by their ids, with a number of statements that does not depend on the number of tasks.
    /// </summary>
    /// <param name="tasks">The tasks as they were read, at most 200.</param>
    /// <param name="cancellationToken">Cancels the query.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are more tasks.</exception>
    Task<IReadOnlyDictionary<Guid, TaskReason>> FindAllAsync(IReadOnlyCollection<TaskRecord> tasks, CancellationToken cancellationToken = default);
}
