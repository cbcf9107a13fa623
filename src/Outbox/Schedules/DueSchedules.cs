using Messaging.Outbox.Staging;
using Messaging.Outbox.Store;
using Messaging.Outbox.Tasks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.Schedules;

/// <summary>
/// Enqueues the tasks of due schedules. One transaction advances the due time and stores the task, on the condition that no other
/// process has advanced it. So several runners can be active and each can be killed at any moment, and there is exactly one task
/// for each due time.
/// </summary>
internal sealed partial class DueSchedules(
    ScheduleStore store, ScheduleRepair repair, TaskTypes types, IServiceScopeFactory scopes, IOptions<OutboxOptions> options, StoreClock time, ILogger<DueSchedules> logger)
{
    private const int PageSize = 100, MaxRunsAtOnce = 100;

    private readonly TimeSpan _misfireThreshold = options.Value.MisfireThreshold;
    private readonly HashSet<(string Name, DateTimeOffset UpdatedAt)> _notRunnable = [];

    /// <summary>Runs all due schedules once.</summary>
    /// <returns>The number of tasks that were enqueued.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var (now, enqueued, last) = (time.GetUtcNow(), 0, string.Empty);
        IReadOnlyList<ScheduleRecord> due;
        do
        {
            due = await store.DueAsync(now, last, PageSize, cancellationToken);
            foreach (var schedule in due)
            {
                last = schedule.Name;
                try
                {
                    enqueued += await RunAsync(schedule, now, cancellationToken);
                }
                catch (Exception exception) when (exception is not (StoreUnavailableException or OperationCanceledException))
                {
                    LogScheduleFailed(schedule.Name, FailureText.Of(exception)); // it does not stop the others
                }
            }
        }
        while (due.Count == PageSize);

        return enqueued;
    }

    private async Task<int> RunAsync(ScheduleRecord schedule, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (Runnable(schedule) is not var (times, message))
        {
            return 0;
        }

        var (enqueued, stored, due) = (0, schedule.NextDueAt!.Value, await repair.CorrectAsync(schedule, times, now, cancellationToken));
        for (var i = 0; i < MaxRunsAtOnce && due <= now; i++)
        {
            if (Step(schedule, times, due.Value, schedule.NextDueAt.Value, now, out var problem) is not { } step)
            {
                await FailAsync(schedule, stored, problem, cancellationToken);
                break;
            }

            if (!await TakeAsync(schedule, message, stored, due.Value, step, cancellationToken))
            {
                break;
            }

            if (due != stored)
            {
                await repair.RecordAsync(schedule, due.Value, cancellationToken);
            }

            if (step.Missed && i == 0)
            {
                LogMissed(schedule.Name, due.Value, schedule.Misfire);
            }

            enqueued += step.Runs ? 1 : 0;
            due = step.Next;
            stored = due ?? stored;
        }

        return enqueued;
    }

    /// <summary>A due time that a correction has moved into the past was not missed, unless the stored one was.</summary>
    /// <returns>Null if there is no next due time, or if it would not advance.</returns>
    private DueStep? Step(ScheduleRecord schedule, CronTimes times, DateTimeOffset due, DateTimeOffset stored, DateTimeOffset now, out string problem)
    {
        try
        {
            var step = DueStep.At(due, times, schedule.Misfire, now, missed: now - (due > stored ? due : stored) > _misfireThreshold);
            problem = $"The expression '{schedule.Cron}' has no further due time: use another one.";
            return step.Next is null ? null : step;
        }
        catch (ScheduleNotRunnableException exception)
        {
            problem = exception.Message;
            return null;
        }
    }

    private async Task FailAsync(ScheduleRecord schedule, DateTimeOffset due, string problem, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var unit = scope.ServiceProvider.GetRequiredService<UnitOfWork>();
        var failed = unit.ExecuteOwn(
            ScheduleStore.Fail, problem, schedule.Name, new StoreTime(due), new StoreTime(schedule.UpdatedAt));
        await unit.CommitAsync(cancellationToken);
        if (failed.RowsAffected > 0)
        {
            LogCannotGoOn(schedule.Name, problem);
        }
    }

    /// <returns>False if the schedule had changed: another process took the due time, or somebody changed the schedule.</returns>
    private async Task<bool> TakeAsync(
        ScheduleRecord schedule, TaskMessage message, DateTimeOffset stored, DateTimeOffset due, DueStep step, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var unit = scope.ServiceProvider.GetRequiredService<UnitOfWork>();
        var taskId = time.NewId();
        var advance = unit.ExecuteOwn(
            ScheduleStore.Advance,
            StoreTime.Of(step.Next),
            step.Runs ? new StoreTime(due) : null,
            step.Runs ? taskId : null,
            schedule.Name,
            new StoreTime(stored),
            new StoreTime(schedule.UpdatedAt),
            step.Runs ? ScheduleRuns.Entry(taskId, due) : "");
        if (step.Runs)
        {
            message.AddTo(
                scope.ServiceProvider.GetRequiredService<BackgroundTasks>(), taskId, schedule.Kind, onlyIf: advance.Affected);
        }

        await unit.CommitAsync(cancellationToken);
        return advance.RowsAffected > 0;
    }

    /// <returns>Null if this process does not know the type or the time zone; logged once for each version of the schedule.</returns>
    private (CronTimes Times, TaskMessage Message)? Runnable(ScheduleRecord schedule)
    {
        var times = CronTimes.Of(schedule.Cron, schedule.TimeZone);
        if (types.TryReadFor(schedule.Name, schedule.Type, schedule.Message, out var message, out var error) && times is not null)
        {
            return (times, message);
        }

        if (_notRunnable.Add((schedule.Name, schedule.UpdatedAt)))
        {
            LogNotRunnable(schedule.Name, schedule.Type, error is null ? "its cron expression or time zone is not valid on this system" : $"the message {error}");
        }

        return null;
    }

    [LoggerMessage(
        EventId = 1500, EventName = "ScheduleNotRunnable", Level = LogLevel.Warning,
        Message = "Schedule {Name} ({TaskType}) is due and not run by this process. Correct it, or run the schedules where its type is known: {Reason}")]
    private partial void LogNotRunnable(string name, string taskType, string reason);

    [LoggerMessage(
        EventId = 1501, EventName = "ScheduleMissed", Level = LogLevel.Information,
        Message = "Schedule {Name} was not run in time, at {DueAt:O}; its policy is {Misfire}")]
    private partial void LogMissed(string name, DateTimeOffset dueAt, MisfirePolicy misfire);

    [LoggerMessage(
        EventId = 1502, EventName = "ScheduleStopped", Level = LogLevel.Error,
        Message = "Schedule {Name} has stopped until it is replaced or resumed: {Problem}")]
    private partial void LogCannotGoOn(string name, string problem);

    [LoggerMessage(
        EventId = 1503, EventName = "ScheduleFailed", Level = LogLevel.Warning,
        Message = "Schedule {Name} could not be run; the next poll tries again, check the database if this goes on: {Error}")]
    private partial void LogScheduleFailed(string name, string error);
}
