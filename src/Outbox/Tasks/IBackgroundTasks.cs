namespace Messaging.Outbox;

/// <summary>
/// Adds tasks to the scope's <see cref="IUnitOfWork"/>, in an endpoint or in a consumer: each is stored when that is committed, and a worker
/// executes it afterwards.
/// </summary>
public interface IBackgroundTasks
{
    /// <summary>Adds a task; it is enqueued when the scope's unit of work is committed.</summary>
    /// <param name="message">What is to be done.</param>
    /// <param name="id">The task's id, a UUIDv7. Default: a new one.</param>
    /// <param name="kind">What the task is called where it is shown. Default: the name of the message type.</param>
    /// <param name="delay">How long after the commit it is due, by the database's clock. Default: at once.</param>
    /// <param name="runAt">When it is due instead: this moment of the database's clock is stored. A time that has passed is at once.</param>
    /// <param name="onlyIf">A condition on a staged command; if it does not hold, nothing is enqueued.</param>
    IAddedTask Add<T>(
        T message, Guid? id = null, string? kind = null, TimeSpan? delay = null, DateTimeOffset? runAt = null, StagingCondition? onlyIf = null)
        where T : class;

    /// <summary>
    /// Adds a task unless one with this key waits already: it was added within <paramref name="window"/>, and no consumer has begun with it. Opens
    /// the unit's own transaction.
    /// </summary>
    /// <param name="message">What is to be done.</param>
    /// <param name="key">What is to wait only once, at most 200 characters.</param>
    /// <param name="window">For how long the key keeps others out at most.</param>
    /// <param name="kind">What the task is called where it is shown. Default: the name of the message type.</param>
    /// <param name="delay">How long after the commit it is due. Default: at once.</param>
    /// <param name="runAt">When it is due instead; a time that has passed is at once.</param>
    /// <param name="cancellationToken">Cancels the query.</param>
    /// <returns>The id of the task that waits: the new one, or the one that waited already.</returns>
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
    /// Adds a message that nobody follows: it is stored, delivered and retried as a task is, and takes effect once, but has no task's row, which
    /// is written twice for each task. It can be neither followed nor cancelled.
    /// </summary>
    /// <param name="message">What is to be done.</param>
    /// <param name="id">The message's id, a UUIDv7. Default: a new one.</param>
    void AddUntracked<T>(T message, Guid? id = null)
        where T : class;

    /// <summary>Tasks that others are to follow when all of them have succeeded.</summary>
    /// <param name="tasks">Tasks of this same unit of work.</param>
    IAddedTasks WhenAll(params IReadOnlyList<IAddedTask> tasks);
}

/// <summary>A task that was added to a unit of work.</summary>
public interface IAddedTask
{
    /// <summary>The task's id.</summary>
    Guid Id { get; }

    /// <summary>Adds a task that starts when this one has succeeded. If this one fails, it is Blocked until this one is redriven.</summary>
    /// <param name="message">What is to be done.</param>
    /// <param name="kind">What the task is called where it is shown. Default: the name of the message type.</param>
    /// <param name="id">The task's id, a UUIDv7. Default: a new one.</param>
    /// <param name="onlyIf">A condition on a staged command; if it does not hold, nothing is enqueued, nor what would come after it.</param>
    IAddedTask Then<T>(T message, string? kind = null, Guid? id = null, StagingCondition? onlyIf = null)
        where T : class;
}

/// <summary>Several tasks that were added to a unit of work.</summary>
public interface IAddedTasks
{
    /// <summary>Adds a task that starts when all of these have succeeded; those whose condition does not hold are not waited for.</summary>
    /// <param name="message">What is to be done.</param>
    /// <param name="kind">What the task is called where it is shown. Default: the name of the message type.</param>
    /// <param name="id">The task's id, a UUIDv7. Default: a new one.</param>
    /// <param name="onlyIf">A condition on a staged command; if it does not hold, nothing is enqueued.</param>
    IAddedTask Then<T>(T message, string? kind = null, Guid? id = null, StagingCondition? onlyIf = null)
        where T : class;
}
