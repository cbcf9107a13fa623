using Messaging.Outbox.Staging;
using Messaging.Outbox.Store;

namespace Messaging.Outbox;

/// <summary>
/// Enqueues background tasks, like FastAPI's <c>BackgroundTasks.add_task</c>, but durably. The message is committed with the
/// scope's <see cref="IUnitOfWork"/>, that of an endpoint or a consumer, and consumed by a worker afterwards.
/// </summary>
public sealed class BackgroundTasks
{
    private readonly IMessageStager _stager;
    private readonly UnitOfWork _unit;
    private readonly StoreClock _time;

    internal BackgroundTasks(IMessageStager stager, UnitOfWork unit, StoreClock time)
    {
        _stager = stager;
        _unit = unit;
        _time = time;
    }

    /// <summary>Adds a task, which is enqueued when the scope's unit of work is committed.</summary>
    /// <param name="message">The message.</param>
    /// <param name="id">The task's id, a UUIDv7. Default: a new one.</param>
    /// <param name="kind">The kind of the task, which is shown in lists. Default: the name of the message type.</param>
    /// <param name="delay">The delay from the commit until it is due, by the database's clock (Celery's <c>countdown</c>). Default: none.</param>
    /// <param name="runAt">
    /// The time at which it is due, by the database's clock, instead of a delay (Celery's <c>eta</c>). A time in the past means at once.
    /// </param>
    /// <param name="onlyIf">A condition on a staged command; if it is false, nothing is enqueued.</param>
    /// <returns>The task, with its id for <c>GET /tasks/{id}</c>, to which successors can be added.</returns>
    public AddedTask Add<T>(
        T message,
        Guid? id = null,
        string? kind = null,
        TimeSpan? delay = null,
        DateTimeOffset? runAt = null,
        StagingCondition? onlyIf = null)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(message);
        return Stage(message, new StagingOptions { Id = id ?? _time.NewId(), Kind = kind, Delay = delay, DueAt = runAt, Condition = onlyIf });
    }

    /// <summary>
    /// Adds a task unless one with this key waits already, that is, one that was enqueued within <paramref name="window"/> and
    /// that no consumer has started. Begins the unit's transaction.
    /// </summary>
    /// <param name="message">The message.</param>
    /// <param name="key">The key, at most 200 characters; only one task with the key waits at a time.</param>
    /// <param name="window">How long the key prevents other tasks at most.</param>
    /// <param name="kind">The kind of the task, which is shown in lists. Default: the name of the message type.</param>
    /// <param name="delay">The delay from the commit until it is due. Default: none.</param>
    /// <param name="runAt">The time at which it is due, instead of a delay; a time in the past means at once.</param>
    /// <param name="cancellationToken">Cancels the action.</param>
    /// <returns>The id of the waiting task: the new one, or the one that was waiting already.</returns>
    /// <exception cref="StoreUnavailableException">The database is unavailable.</exception>
    public async Task<Guid> AddUniqueAsync<T>(
        T message,
        string key,
        TimeSpan window,
        string? kind = null,
        TimeSpan? delay = null,
        DateTimeOffset? runAt = null,
        CancellationToken cancellationToken = default)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(message);
        ArgumentException.ThrowIfNullOrEmpty(key);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(key.Length, 200, nameof(key));
        if (!StoredText.IsStorable(key))
        {
            throw new ArgumentException("A key must not contain U+0000 or an unpaired surrogate: stores do not compare those alike.", nameof(key));
        }

        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(window, TimeSpan.Zero);

        // The row is locked until the commit, so that of two concurrent calls only one finds the key free.
        var id = _time.NewId();
        var now = _time.GetUtcNow();
        var waiting = await _unit.InTransactionAsync(
            async transaction => await transaction.ExecuteAsync(
                $"""
                INSERT INTO messaging.unique_tasks AS unique_tasks (key, task_id, until) VALUES ($1, $2, $3)
                ON CONFLICT (key) DO UPDATE SET task_id = excluded.task_id, until = excluded.until
                WHERE unique_tasks.until <= $4 OR EXISTS (
                    SELECT 1 FROM messaging.tasks WHERE id = unique_tasks.task_id AND state IN ({(int)TaskState.Succeeded}, {(int)TaskState.Failed}, {(int)TaskState.Cancelled}))
                """,
                cancellationToken,
                key,
                id,
                new StoreTime(now + window),
                new StoreTime(now)) > 0
                ? []
                : await transaction.QueryAsync(
                    "SELECT task_id FROM messaging.unique_tasks WHERE key = $1", reader => reader.GetGuid(0), cancellationToken, key),
            cancellationToken);
        if (waiting is [var other])
        {
            return other;
        }

        Stage(message, new StagingOptions { Id = id, Kind = kind, Delay = delay, DueAt = runAt, UniqueKey = key });
        return id;
    }

    /// <summary>
    /// Enqueues a message without a task's row, which would be written twice for each message. It is stored, delivered and
    /// retried like a task, and has its effect once, but it cannot be followed or cancelled.
    /// </summary>
    /// <param name="message">The message.</param>
    /// <param name="id">The message's id, a UUIDv7. Default: a new one.</param>
    public void AddUntracked<T>(T message, Guid? id = null)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(message);
        Stage(message, new StagingOptions { Id = id ?? _time.NewId(), IsTask = false });
    }

    /// <summary>Groups tasks, so that a successor can start when all of them have succeeded, like Celery's chord.</summary>
    /// <param name="tasks">Tasks that were added to the same unit of work.</param>
    public AddedTasks WhenAll(params IReadOnlyList<AddedTask> tasks)
    {
        ArgumentOutOfRangeException.ThrowIfZero(tasks.Count, nameof(tasks));
        return new AddedTasks(this, tasks);
    }

    internal Guid NewId() => _time.NewId();

    internal bool SharesUnitWith(BackgroundTasks other) => _unit == other._unit;

    internal AddedTask Stage<T>(T message, StagingOptions options)
        where T : class
    {
        // Staged at the commit, when it is known whether the task has successors.
        _unit.AddPending(options.Kind ?? typeof(T).Name, async () =>
        {
            if (options.Predecessors.Any(p => !p.IsStaged))
            {
                throw UnitOfWorkMisuseException.WithoutPredecessor(); // the predecessor was discarded, and the task would wait forever
            }

            await _stager.StageAsync(message, options);
            options.IsStaged = true;
        });
        return new AddedTask(this, options);
    }
}

/// <summary>A task that was added to a unit of work.</summary>
public sealed class AddedTask
{
    private readonly BackgroundTasks _tasks;

    internal AddedTask(BackgroundTasks tasks, StagingOptions options)
    {
        _tasks = tasks;
        Options = options;
    }

    /// <summary>The task's id for <c>GET /tasks/{id}</c>.</summary>
    public Guid Id => Options.Id;

    internal StagingOptions Options { get; }

    internal bool IsOf(BackgroundTasks tasks) => _tasks.SharesUnitWith(tasks);

    /// <summary>
    /// Adds a successor, which starts when this task has succeeded. If this task fails, the successor is Blocked until this task
    /// is redriven.
    /// </summary>
    /// <param name="message">The message.</param>
    /// <param name="kind">The kind of the task, which is shown in lists. Default: the name of the message type.</param>
    /// <param name="id">The task's id, a UUIDv7. Default: a new one.</param>
    /// <param name="onlyIf">A condition on a staged command; if it is false, neither the task nor its successors are enqueued.</param>
    public AddedTask Then<T>(T message, string? kind = null, Guid? id = null, StagingCondition? onlyIf = null)
        where T : class =>
        new AddedTasks(_tasks, [this]).Then(message, kind, id, onlyIf);
}

/// <summary>Several tasks that were added to a unit of work.</summary>
public sealed class AddedTasks
{
    private readonly BackgroundTasks _tasks;
    private readonly IReadOnlyList<AddedTask> _before;

    internal AddedTasks(BackgroundTasks tasks, IReadOnlyList<AddedTask> before)
    {
        _tasks = tasks;
        _before = before;
    }

    /// <summary>
    /// Adds a successor, which starts when all of these tasks have succeeded. Tasks whose condition is false are not waited for.
    /// </summary>
    /// <param name="message">The message.</param>
    /// <param name="kind">The kind of the task, which is shown in lists. Default: the name of the message type.</param>
    /// <param name="id">The task's id, a UUIDv7. Default: a new one.</param>
    /// <param name="onlyIf">A condition on a staged command; if it is false, nothing is enqueued.</param>
    public AddedTask Then<T>(T message, string? kind = null, Guid? id = null, StagingCondition? onlyIf = null)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(message);
        if (_before.Any(t => t.Options.IsStaged || !t.IsOf(_tasks)))
        {
            throw UnitOfWorkMisuseException.WithoutPredecessor();
        }

        foreach (var task in _before)
        {
            task.Options.HasSuccessors = true;
        }

        return _tasks.Stage(
            message,
            new StagingOptions
            {
                Id = id ?? _tasks.NewId(),
                Kind = kind,
                Condition = onlyIf,
                Predecessors = [.. _before.Select(t => t.Options).Distinct()],
            });
    }
}
