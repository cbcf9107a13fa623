using Messaging.Outbox.Staging;
using Messaging.Outbox.Store;

namespace Messaging.Outbox.Tasks;

internal sealed class BackgroundTasks : IBackgroundTasks
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

    public IAddedTask Add<T>(
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
                    SELECT 1 FROM messaging.tasks WHERE id = unique_tasks.task_id AND state IN ({TaskStates.EndedSql}))
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

    public void AddUntracked<T>(T message, Guid? id = null)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(message);
        Stage(message, new StagingOptions { Id = id ?? _time.NewId(), IsTask = false });
    }

    public IAddedTasks WhenAll(params IReadOnlyList<IAddedTask> tasks)
    {
        ArgumentOutOfRangeException.ThrowIfZero(tasks.Count, nameof(tasks));
        return new AddedTasks(this, [.. tasks.Cast<AddedTask>()]);
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
