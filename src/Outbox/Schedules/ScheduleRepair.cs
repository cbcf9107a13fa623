using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Messaging.Outbox.Schedules;

/// <summary>
/// Finds schedules that are due later than their own expression says, because a clock was wrong when they were last run, and gives them
/// their due time back. Nobody would notice until then: they are silent.
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

    /// <returns>Null when it is not known here: a time zone of another system, or what the runner will say when it is due.</returns>
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

    [LoggerMessage(LogLevel.Warning, "Schedule {Name} was to be due at {Wrong:O}, as a wrong clock has it; it is due at {DueAt:O}")]
    private partial void LogMoved(string name, DateTimeOffset wrong, DateTimeOffset dueAt);
}
