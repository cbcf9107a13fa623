using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Messaging.Outbox.Schedules;

/// <summary>
/// Finds schedules whose due time is later than their expression gives, because a clock was wrong at the last run, and corrects
/// the due time. Without it such a schedule would silently not run until then.
/// </summary>
internal sealed partial class ScheduleRepair(
    ScheduleStore store, IServiceScopeFactory scopes, StoreClock clock, ILogger<ScheduleRepair> logger)
{
    private const int PageSize = 100;

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
                    await MoveAsync(schedule, due, cancellationToken);
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

    private async Task MoveAsync(ScheduleRecord schedule, DateTimeOffset due, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var moved = await scope.ServiceProvider.GetRequiredService<TaskSchedules>().MoveAsync(schedule, due, cancellationToken);
        await scope.ServiceProvider.GetRequiredService<IUnitOfWork>().CommitAsync(cancellationToken);
        if (moved)
        {
            LogMoved(schedule.Name, schedule.NextDueAt!.Value, due);
        }
    }

    [LoggerMessage(
        EventId = 1505, EventName = "ScheduleCorrected", Level = LogLevel.Warning,
        Message = "The due time of schedule {Name}, {Wrong:O}, was set by a wrong clock; it is corrected to {DueAt:O}. Check the clocks")]
    private partial void LogMoved(string name, DateTimeOffset wrong, DateTimeOffset dueAt);
}
