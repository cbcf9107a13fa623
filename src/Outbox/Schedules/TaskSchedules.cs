using Messaging.Outbox.Schedules;
using Messaging.Outbox.Staging;
using Messaging.Outbox.Store;

namespace Messaging.Outbox;

/// <summary>
/// The schedules: tasks that are handed on at the times of a cron expression. Scoped; what is changed is committed, with an
/// entry in the audit, by the scope's <see cref="IUnitOfWork"/>.
/// </summary>
/// <remarks>Every method throws <see cref="StoreUnavailableException"/> when the database is out of reach.</remarks>
public sealed class TaskSchedules
{
    private const int ShownDueTimes = 5;
    private readonly UnitOfWork _unit;
    private readonly BackgroundTasks _tasks;
    private readonly ScheduleStore _store;
    private readonly TaskTypes _types;
    private readonly TimeProvider _time;

    internal TaskSchedules(UnitOfWork unit, BackgroundTasks tasks, ScheduleStore store, TaskTypes types, TimeProvider time)
    {
        _unit = unit;
        _tasks = tasks;
        _store = store;
        _types = types;
        _time = time;
    }

    // In whole milliseconds, which every store keeps as they are.
    private DateTimeOffset Now => DateTimeOffset.FromUnixTimeMilliseconds(_time.GetUtcNow().ToUnixTimeMilliseconds());

    /// <summary>What is wrong with a definition: by the name of the field, in camel case, what is the matter with it.</summary>
    public IReadOnlyDictionary<string, string> Check(ScheduleDefinition definition) =>
        new ScheduleCheck(_types, Now).Run(definition);

    /// <summary>Schedules in the order of their names.</summary>
    /// <param name="limit">The largest number.</param>
    /// <param name="after">Begin after this name. Default: at the first.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public Task<IReadOnlyList<ScheduleRecord>> ListAsync(
        int limit, string? after = null, CancellationToken cancellationToken = default) =>
        _store.ListAsync(after ?? string.Empty, limit, cancellationToken);

    /// <summary>The schedule with its next due times, or null when there is none of that name.</summary>
    public async Task<ScheduleRecord?> FindAsync(string name, CancellationToken cancellationToken = default) =>
        await _store.FindAsync(name, cancellationToken) is { } schedule
            ? schedule with
            {
                NextDueTimes = CronTimes.Of(schedule.Cron, schedule.TimeZone) is { } times
                    ? [.. times.From(schedule.NextDueAt).Take(ShownDueTimes)]
                    : [],
            }
            : null;

    /// <summary>
    /// Creates the schedule, or replaces it. A due time that is still to be run stays, unless the expression or the time zone is
    /// another. Otherwise the next one is counted from now, and never from before the latest run.
    /// </summary>
    /// <param name="definition">Without an error that <see cref="Check"/> finds.</param>
    /// <param name="paused">Whether it is paused. Default: as it was, and a new one is not.</param>
    /// <param name="who">Who wants it so.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public async Task<SchedulePut> PutAsync(
        ScheduleDefinition definition, bool? paused, string who, CancellationToken cancellationToken = default)
    {
        var errors = Check(definition);
        if (errors.Count > 0)
        {
            throw new ArgumentException($"{errors.First().Key} {errors.First().Value}", nameof(definition));
        }

        var put = await InTransactionAsync(
            async (transaction, token) =>
            {
                while (true)
                {
                    var now = Now;
                    var old = await ScheduleStore.LockAsync(transaction, definition.Name, now, token);
                    var schedule = ScheduleVersion.After(old, definition, paused ?? old?.Paused ?? false, now);
                    var parameters = ScheduleStore.Parameters(schedule);
                    if (old is not null)
                    {
                        await transaction.ExecuteAsync(ScheduleStore.Replace, token, parameters);
                        return (Schedule: schedule, Old: (ScheduleRecord?)old);
                    }

                    // None was inserted if another process was faster; then that one is replaced.
                    if (await transaction.ExecuteAsync(ScheduleStore.Insert, token, [.. parameters, new StoreTime(now)]) > 0)
                    {
                        return (schedule, null);
                    }
                }
            },
            cancellationToken);

        Audit(who, "schedule.put", put.Schedule.Name, put.Old, new
        {
            put.Schedule.Cron,
            put.Schedule.TimeZone,
            Misfire = put.Schedule.Misfire.ToString(),
            put.Schedule.Type,
            put.Schedule.Kind,
            put.Schedule.Paused,
        });
        return new SchedulePut(put.Schedule, put.Old is null);
    }

    /// <summary>Creates a schedule that the code declares, unless there is one of its name: somebody may have changed it since.</summary>
    internal async Task DeclareAsync(ScheduleDefinition definition, CancellationToken cancellationToken)
    {
        var schedule = ScheduleVersion.After(null, definition, paused: false, Now);
        var created = await InTransactionAsync(
            (transaction, token) => transaction.ExecuteAsync(
                ScheduleStore.Insert, token, [.. ScheduleStore.Parameters(schedule), new StoreTime(schedule.CreatedAt)]),
            cancellationToken) > 0;
        if (created)
        {
            Audit(AuditNames.Declared, "schedule.put", schedule.Name, old: null, new { schedule.Cron, schedule.TimeZone, schedule.Type });
        }
    }

    /// <summary>Moves a due time that a wrong clock set, unless somebody has changed the schedule meanwhile.</summary>
    /// <returns>Whether it was moved.</returns>
    internal async Task<bool> MoveAsync(ScheduleRecord schedule, DateTimeOffset dueAt, CancellationToken cancellationToken)
    {
        var moved = await InTransactionAsync(
            (transaction, token) => transaction.ExecuteAsync(
                ScheduleStore.Move,
                token,
                new StoreTime(dueAt),
                schedule.Name,
                StoreTime.Of(schedule.NextDueAt),
                new StoreTime(schedule.UpdatedAt)),
            cancellationToken) > 0;
        if (moved)
        {
            Audit(AuditNames.Clock, "schedule.repair", schedule.Name, schedule, new { From = schedule.NextDueAt, To = dueAt });
        }

        return moved;
    }

    /// <summary>Hands nothing on until it is resumed.</summary>
    /// <returns>The schedule, or null when there is none of that name.</returns>
    public Task<ScheduleRecord?> PauseAsync(string name, string who, CancellationToken cancellationToken = default) =>
        ChangeAsync(name, paused: true, "schedule.pause", who, cancellationToken);

    /// <summary>Lets it go on from now: nothing is run for the time that it was paused.</summary>
    /// <returns>The schedule, or null when there is none of that name.</returns>
    /// <exception cref="ScheduleNotRunnableException">This system does not know its time zone.</exception>
    public Task<ScheduleRecord?> ResumeAsync(string name, string who, CancellationToken cancellationToken = default) =>
        ChangeAsync(name, paused: false, "schedule.resume", who, cancellationToken);

    /// <summary>Hands its task on once, now. When it is due next stays as it is; it may be paused.</summary>
    /// <returns>The task's id, or null when there is no schedule of that name.</returns>
    /// <exception cref="ScheduleNotRunnableException">The message is of a type that is not known here, or no longer fits it.</exception>
    public async Task<Guid?> RunAsync(string name, string who, CancellationToken cancellationToken = default)
    {
        if (await _store.FindAsync(name, cancellationToken) is not { } schedule)
        {
            return null;
        }

        if (!_types.TryReadFor(schedule.Name, schedule.Type, schedule.Message, out var message, out var error))
        {
            throw new ScheduleNotRunnableException($"The message of the schedule {name} {error}");
        }

        var task = message.AddTo(_tasks, kind: schedule.Kind);
        Audit(who, "schedule.run", name, schedule, new { TaskId = task.Id });
        return task.Id;
    }

    /// <summary>Deletes it. What it has handed on stays.</summary>
    /// <returns>False when there was none of that name.</returns>
    public async Task<bool> DeleteAsync(string name, string who, CancellationToken cancellationToken = default)
    {
        var old = await InTransactionAsync(
            async (transaction, token) =>
            {
                var schedule = await ScheduleStore.LockAsync(transaction, name, Now, token);
                await transaction.ExecuteAsync(ScheduleStore.Delete, token, name);
                return schedule;
            },
            cancellationToken);
        if (old is not null)
        {
            Audit(who, "schedule.delete", name, old, details: null);
        }

        return old is not null;
    }

    private async Task<ScheduleRecord?> ChangeAsync(
        string name, bool paused, string action, string who, CancellationToken cancellationToken)
    {
        var (schedule, old) = await InTransactionAsync(
            async (transaction, token) =>
            {
                var now = Now;
                if (await ScheduleStore.LockAsync(transaction, name, now, token) is not { } old)
                {
                    return default;
                }

                var schedule = ScheduleVersion.After(old, old, paused, now);
                await transaction.ExecuteAsync(ScheduleStore.Replace, token, ScheduleStore.Parameters(schedule));
                return (Schedule: schedule, Old: old);
            },
            cancellationToken);
        if (schedule is not null)
        {
            Audit(who, action, name, old, details: null);
        }

        return schedule;
    }

    private Task<T> InTransactionAsync<T>(
        Func<OutboxTransaction, CancellationToken, Task<T>> action, CancellationToken cancellationToken) =>
        _store.WithinTimeAsync(
            token => _unit.InTransactionAsync(transaction => action(transaction, token), token), cancellationToken);

    private void Audit(string who, string action, string name, ScheduleRecord? old, object? details) =>
        ScheduleAudit.Write(_unit, Now, who, action, name, old, details);
}
