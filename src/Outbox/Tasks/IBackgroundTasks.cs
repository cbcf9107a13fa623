namespace Messaging.Outbox;

/// <summary>
/// Adds tasks to the scope's <see cref="IUnitOfWork"/>, in an endpoint or in a consumer. They are stored when the unit of work is committed, or
/// not at all, and a worker executes them afterwards.
/// </summary>
public interface IBackgroundTasks
{
    /// <summary>Adds a task; it is enqueued when the scope's unit of work is committed.</summary>
    /// <param name="message">The message.</param>
    /// <param name="id">The task's id, a UUIDv7. Default: a new one.</param>
    /// <param name="kind">The name that lists show for the task. Default: the name of the message type.</param>
    /// <param name="delay">The delay from the commit to the due time, by the database's clock. Default: due at once.</param>
    /// <param name="runAt">The due time by the database's clock, instead of a delay. A time in the past means at once.</param>
    /// <param name="onlyIf">A condition on a staged command; if it is false, the task is not enqueued.</param>
    IAddedTask Add<T>(
        T message, Guid? id = null, string? kind = null, TimeSpan? delay = null, DateTimeOffset? runAt = null, StagingCondition? onlyIf = null)
        where T : class;

    /// <summary>
    /// Adds a task unless one with the same key waits: a task that was added within <paramref name="window"/>, that no consumer has started, and
    /// that has not ended. Begins the unit's own transaction, and locks the key until the commit.
    /// </summary>
    /// <param name="message">The message.</param>
    /// <param name="key">The key, 1 to 200 characters.</param>
    /// <param name="window">The maximum time for which the task blocks its key.</param>
    /// <param name="kind">The name that lists show for the task. Default: the name of the message type.</param>
    /// <param name="delay">The delay from the commit to the due time. Default: due at once.</param>
    /// <param name="runAt">The due time, instead of a delay. A time in the past means at once.</param>
    /// <param name="cancellationToken">Cancels the query.</param>
    /// <returns>The id of the new task, or of the task that waits already.</returns>
    /// <exception cref="ArgumentException">The key is empty, too long or not storable, or the window is not positive.</exception>
    /// <exception cref="StoreUnavailableException">The database is unavailable.</exception>
    Task<Guid> AddUniqueAsync<T>(
        T message,
        string key,
        TimeSpan window,
        string? kind = null,
        TimeSpan? delay = null,
        DateTimeOffset? runAt = null,
        CancellationToken cancellationToken = default)
        where T : class;

    /// <summary>
    /// Adds an untracked message. It is stored, delivered and retried like a task and takes effect once, but has no task row, which saves two
    /// writes. It has no state that can be read, and cannot be cancelled.
    /// </summary>
    /// <param name="message">The message.</param>
    /// <param name="id">The message's id, a UUIDv7. Default: a new one.</param>
    void AddUntracked<T>(T message, Guid? id = null)
        where T : class;

    /// <summary>Combines tasks, so that a successor can be added that starts when all of them have succeeded.</summary>
    /// <param name="tasks">One or more tasks of the same unit of work.</param>
    IAddedTasks WhenAll(params IReadOnlyList<IAddedTask> tasks);
}

/// <summary>A task that was added to a unit of work.</summary>
public interface IAddedTask
{
    /// <summary>The task's id.</summary>
    Guid Id { get; }

    /// <summary>Adds a successor, which starts when this task has succeeded. If this task fails, the successor is Blocked until a redrive.</summary>
    /// <param name="message">The message of the successor.</param>
    /// <param name="kind">The name that lists show for the task. Default: the name of the message type.</param>
    /// <param name="id">The task's id, a UUIDv7. Default: a new one.</param>
    /// <param name="onlyIf">A condition on a staged command; if it is false, neither the successor nor its own successors are enqueued.</param>
    /// <exception cref="UnitOfWorkMisuseException">This task belongs to another unit of work, or its unit of work was committed before.</exception>
    IAddedTask Then<T>(T message, string? kind = null, Guid? id = null, StagingCondition? onlyIf = null)
        where T : class;
}

/// <summary>Several tasks that were added to a unit of work.</summary>
public interface IAddedTasks
{
    /// <summary>Adds a successor, which starts when all of these tasks have succeeded, except for those whose condition is false.</summary>
    /// <param name="message">The message of the successor.</param>
    /// <param name="kind">The name that lists show for the task. Default: the name of the message type.</param>
    /// <param name="id">The task's id, a UUIDv7. Default: a new one.</param>
    /// <param name="onlyIf">A condition on a staged command; if it is false, the successor is not enqueued.</param>
    /// <exception cref="UnitOfWorkMisuseException">A task belongs to another unit of work, or its unit of work was committed before.</exception>
    IAddedTask Then<T>(T message, string? kind = null, Guid? id = null, StagingCondition? onlyIf = null)
        where T : class;
}
