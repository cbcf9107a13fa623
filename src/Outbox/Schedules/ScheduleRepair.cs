using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Messaging.Outbox.Schedules;

/// <summary>
/// Finds schedules whose due time is not one of their expression, and corrects it. It is later if a clock was wrong at the last run: without a correction the
/// schedule would silently not run until then. And it is another one once the rules of the time zone have changed: a run at the former time would be followed by
/// one at the right time of the same day.
/// </summary>
internal sealed partial class ScheduleRepair(
    ScheduleStore store, IServiceScopeFactory scopes, StoreClock clock, ILogger<ScheduleRepair> logger)
{
    private const int PageSize = 100;

    /// <summary>By how much the rules of a time zone change, but for a day at the date line, which leaves the times of a day as they are.</summary>
    private static readonly TimeSpan LargestChange = TimeSpan.FromHours(3);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var (now, last) = (clock.GetUtcNow(), string.Empty);
        IReadOnlyList<ScheduleRecord> page;
        do
        {
            page = await store.NotYetDueAsync(now, last, PageSize, cancellationToken);
            foreach (var schedule in page)
            {
                last = schedule.Name;
                if (First(schedule, now) is { } due && due < schedule.NextDueAt)
                {
                    if (await MoveAsync(schedule, due, cancellationToken))
                    {
                        LogMoved(schedule.Name, schedule.NextDueAt!.Value, due);
                    }
                }
            }
        }
        while (page.Count == PageSize);
    }

    /// <returns>
    /// Null if this process cannot tell: the time zone is unknown here, or the expression fails, which the runner reports when
    /// the schedule is due.
    /// </returns>
    private static DateTimeOffset? First(ScheduleRecord schedule, DateTimeOffset now)
    {
        try
        {
            return CronTimes.Of(schedule.Cron, schedule.TimeZone) is { } times
                ? ScheduleVersion.FirstDue(times, schedule.LastDueAt, now)
                : null;
        }
        catch (ScheduleNotRunnableException)
        {
            return null;
        }
    }

    /// <summary>
    /// Corrects the due time of a schedule that is due, if it is none of its times: to the first one since the last run. One that has passed still has to run, and is
    /// not stored: the run's transaction corrects it, so that no process that ends in between leaves a missed time behind.
    /// </summary>
    /// <returns>The due time; null if the schedule was changed meanwhile.</returns>
    public async Task<DateTimeOffset?> CorrectAsync(ScheduleRecord schedule, CronTimes times, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var due = schedule.NextDueAt!.Value;
        if (RightTime(schedule, times, due) is not { } right || right == due)
        {
            return due; // if there is no other, the run reports it
        }

        if (right <= now)
        {
            return right;
        }

        if (!await MoveAsync(schedule, right, cancellationToken))
        {
            return null;
        }

        LogZoneChanged(schedule.Name, due, right);
        return right;
    }

    /// <summary>Records a correction that a run has made.</summary>
    public async Task RecordAsync(ScheduleRecord schedule, DateTimeOffset right, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<TaskSchedules>().RecordMove(schedule, right);
        await scope.ServiceProvider.GetRequiredService<IUnitOfWork>().CommitAsync(cancellationToken);
        LogZoneChanged(schedule.Name, schedule.NextDueAt!.Value, right);
    }

    /// <summary>A change of the schedule is no bound: it leaves a due time as it is, which may have passed by the new rules and not by the old ones.</summary>
    private static DateTimeOffset? RightTime(ScheduleRecord schedule, CronTimes times, DateTimeOffset due)
    {
        try
        {
            return times.Contains(due) ? due : times.After(new[] { due - LargestChange, schedule.LastDueAt ?? due - LargestChange, schedule.CreatedAt }.Max());
        }
        catch (ScheduleNotRunnableException)
        {
            return null;
        }
    }

    private async Task<bool> MoveAsync(ScheduleRecord schedule, DateTimeOffset due, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var moved = await scope.ServiceProvider.GetRequiredService<TaskSchedules>().MoveAsync(schedule, due, cancellationToken);
        await scope.ServiceProvider.GetRequiredService<IUnitOfWork>().CommitAsync(cancellationToken);
        return moved;
    }

    [LoggerMessage(
        EventId = 1505, EventName = "ScheduleCorrected", Level = LogLevel.Warning,
        Message = "The due time of schedule {Name}, {Wrong:O}, was set by a wrong clock; it is corrected to {DueAt:O}. Check the clocks")]
    private partial void LogMoved(string name, DateTimeOffset wrong, DateTimeOffset dueAt);

    [LoggerMessage(
        EventId = 1506, EventName = "ScheduleZoneChanged", Level = LogLevel.Information,
        Message = "The due time of schedule {Name}, {Former:O}, is none of its expression: the rules of its time zone have changed since; it is due at {DueAt:O}")]
    private partial void LogZoneChanged(string name, DateTimeOffset former, DateTimeOffset dueAt);
}
