using Messaging.Outbox.Staging;
using Messaging.Outbox.Store;
using Messaging.Outbox.Transport;

namespace Messaging.Outbox;

/// <summary>
/// Hands work on: what FastAPI's <c>BackgroundTasks.add_task</c> does, but stored. The message is committed with the
/// scope's <see cref="IUnitOfWork"/>, of an endpoint or of a consumer, and consumed by a worker afterwards.
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

    /// <summary>Adds a task; it is handed on when the scope's unit of work is committed.</summary>
    /// <param name="message">What is to be done.</param>
    /// <param name="id">The task's id, a UUIDv7. Default: a new one.</param>
    /// <param name="kind">What the task is called where it is shown. Default: the name of the message type.</param>
    /// <param name="delay">How long after the commit it is due, by the database's clock (Celery's <c>countdown</c>). Default: at once.</param>
    /// <param name="runAt">
    /// When it is due instead (Celery's <c>eta</c>): this moment of the database's clock is stored. One that has passed is at once.
    /// </param>
    /// <param name="onlyIf">A condition on a staged command; if it does not hold, nothing is handed on.</param>
    /// <returns>The task: its id, under which <c>GET /tasks/{id}</c> follows it, and what is to come after it.</returns>
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
    /// Adds a task unless one with this key waits already: handed on within <paramref name="window"/>, and no consumer has begun
    /// with it. Opens the unit's own transaction.
    /// </summary>
    /// <param name="message">What is to be done.</param>
    /// <param name="key">What is to wait only once, at most 200 characters.</param>
    /// <param name="window">For how long the key keeps others out at most.</param>
    /// <param name="kind">What the task is called where it is shown. Default: the name of the message type.</param>
    /// <param name="delay">How long after the commit it is due. Default: at once.</param>
    /// <param name="runAt">When it is due instead; a time that has passed is at once.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>The id of the task that waits: the new one, or the one that waited already.</returns>
    /// <exception cref="StoreUnavailableException">The database cannot be reached.</exception>
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
            throw new ArgumentException("A key must not contain U+0000, nor half of a surrogate pair: no two of those are alike in every store.", nameof(key));
        }

        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(window, TimeSpan.Zero);

        // The row is locked until the commit, so two at once do not both find the key free.
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
    /// Hands a message on that nobody will ask about: stored, delivered and retried as a task is, with its effect once, but without
    /// a task's row, which is written twice for each. It can be neither followed nor cancelled.
    /// </summary>
    /// <param name="message">What is to be done.</param>
    /// <param name="id">The message's id, a UUIDv7. Default: a new one.</param>
    public void AddUntracked<T>(T message, Guid? id = null)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(message);
        Stage(message, new StagingOptions { Id = id ?? _time.NewId(), IsTask = false });
    }

    /// <summary>What is to come when all of these have succeeded, as Celery's chord.</summary>
    /// <param name="tasks">Tasks added to this same unit of work.</param>
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
        // Staged at the commit, when it is known whether others wait for it.
        _unit.AddPending(options.Kind ?? typeof(T).Name, async () =>
        {
            if (options.Predecessors.Any(p => !p.IsStaged))
            {
                throw UnitOfWorkMisuseException.WithoutPredecessor(); // it was discarded, and would be waited for in vain
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

    /// <summary>The task's id, under which <c>GET /tasks/{id}</c> follows it.</summary>
    public Guid Id => Options.Id;

    internal StagingOptions Options { get; }

    internal bool IsOf(BackgroundTasks tasks) => _tasks.SharesUnitWith(tasks);

    /// <summary>Adds a task that starts when this one has succeeded. If this one fails, it is Blocked until that is redriven.</summary>
    /// <param name="message">What is to be done.</param>
    /// <param name="kind">What the task is called where it is shown. Default: the name of the message type.</param>
    /// <param name="id">The task's id, a UUIDv7. Default: a new one.</param>
    /// <param name="onlyIf">A condition on a staged command; if it does not hold, nothing is handed on, nor what would come after it.</param>
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

    /// <summary>Adds a task that starts when all of these have succeeded; those whose condition does not hold are not waited for.</summary>
    /// <param name="message">What is to be done.</param>
    /// <param name="kind">What the task is called where it is shown. Default: the name of the message type.</param>
    /// <param name="id">The task's id, a UUIDv7. Default: a new one.</param>
    /// <param name="onlyIf">A condition on a staged command; if it does not hold, nothing is handed on.</param>
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
