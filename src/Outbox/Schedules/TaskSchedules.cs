using Messaging.Outbox.Audit;
using Messaging.Outbox.Staging;
using Messaging.Outbox.Store;
using Messaging.Outbox.Tasks;

namespace Messaging.Outbox.Schedules;

internal sealed class TaskSchedules : ITaskSchedules
{
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

    // In whole milliseconds, which every store keeps exactly.
    private DateTimeOffset Now => DateTimeOffset.FromUnixTimeMilliseconds(_time.GetUtcNow().ToUnixTimeMilliseconds());

    public IReadOnlyDictionary<string, string> Check(ScheduleDefinition definition) =>
        new ScheduleCheck(_types, Now).Run(definition);

    public Task<IReadOnlyList<ScheduleRecord>> ListAsync(
        int limit, string? after = null, CancellationToken cancellationToken = default) =>
        _store.ListAsync(after ?? string.Empty, limit, cancellationToken);

    public async Task<ScheduleRecord?> FindAsync(string name, CancellationToken cancellationToken = default) =>
        await _store.FindAsync(name, cancellationToken) is { } schedule
            ? schedule with
            {
                NextDueTimes = CronTimes.Of(schedule.Cron, schedule.TimeZone) is { } times
                    ? [.. times.From(schedule.NextDueAt).Take(SchedulePreview.Shown)]
                    : [],
            }
            : null;

    public async Task<SchedulePut> PutAsync(
        ScheduleDefinition definition, bool? paused, string who, SchedulePutCondition? condition = null, CancellationToken cancellationToken = default)
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
                    var old = condition is null ? await ScheduleStore.LockAsync(transaction, definition.Name, now, token)
                        : condition.UpdatedAt is not { } since ? null
                        : await ScheduleStore.LockAsync(transaction, definition.Name, After(now, since), since, token)
                            ?? throw new ScheduleConflictException($"The schedule {definition.Name} was changed or deleted since it was read. Read it again.");
                    now = old?.UpdatedAt ?? now;
                    var schedule = ScheduleVersion.After(old, definition, paused ?? old?.Paused ?? false, now);
                    var parameters = ScheduleStore.Parameters(schedule);
                    if (old is not null)
                    {
                        await transaction.ExecuteAsync(ScheduleStore.Replace, token, parameters);
                        return (Schedule: schedule, Old: (ScheduleRecord?)old);
                    }

                    // Nothing is inserted if another process was faster; the loop then replaces that row.
                    if (await transaction.ExecuteAsync(ScheduleStore.Insert, token, [.. parameters, new StoreTime(now)]) > 0)
                    {
                        return (schedule, null);
                    }

                    if (condition is not null)
                    {
                        throw new ScheduleConflictException($"There is a schedule {definition.Name} already.");
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

    /// <summary>Creates a declared schedule unless one of that name exists, which an operator may have changed.</summary>
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

    /// <summary>Corrects a due time that a wrong clock set, unless the schedule was changed meanwhile.</summary>
    /// <returns>Whether it was corrected.</returns>
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
            RecordMove(schedule, dueAt);
        }

        return moved;
    }

    /// <summary>Records that the due time was corrected.</summary>
    internal void RecordMove(ScheduleRecord schedule, DateTimeOffset dueAt) =>
        Audit(AuditNames.Clock, "schedule.repair", schedule.Name, schedule, new { From = schedule.NextDueAt, To = dueAt });

    public Task<ScheduleRecord?> PauseAsync(string name, string who, CancellationToken cancellationToken = default) =>
        ChangeAsync(name, paused: true, "schedule.pause", who, cancellationToken);

    public Task<ScheduleRecord?> ResumeAsync(string name, string who, CancellationToken cancellationToken = default) =>
        ChangeAsync(name, paused: false, "schedule.resume", who, cancellationToken);

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
        _unit.ExecuteOwn(ScheduleStore.AddRun, ScheduleRuns.Entry(task.Id, Now), name);
        Audit(who, "schedule.run", name, schedule, new { TaskId = task.Id });
        return task.Id;
    }

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

    /// <summary>A version has a time of its own, also if two follow each other within a millisecond or the clock was put back.</summary>
    private static DateTimeOffset After(DateTimeOffset now, DateTimeOffset before) => now > before ? now : before.AddMilliseconds(1);

    private Task<T> InTransactionAsync<T>(
        Func<OutboxTransaction, CancellationToken, Task<T>> action, CancellationToken cancellationToken) =>
        _store.WithinTimeAsync(
            token => _unit.InTransactionAsync(transaction => action(transaction, token), token), cancellationToken);

    private void Audit(string who, string action, string name, ScheduleRecord? old, object? details) =>
        ScheduleAudit.Write(_unit, Now, who, action, name, old, details);
}
