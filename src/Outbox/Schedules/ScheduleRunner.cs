using Messaging.Outbox.Staging;
using Messaging.Outbox.Store;
using Messaging.Outbox.Tasks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.Schedules;

/// <summary>Creates the declared schedules, and runs those that are due periodically (<see cref="DueSchedules"/>).</summary>
internal sealed partial class ScheduleRunner(
    DueSchedules due,
    ScheduleRepair repair,
    TaskTypes types,
    IEnumerable<DeclaredSchedule> declared,
    IServiceScopeFactory scopes,
    IOptions<OutboxOptions> options,
    StoreClock time,
    ILogger<ScheduleRunner> logger) : BackgroundService
{
    private static readonly TimeSpan RepairInterval = TimeSpan.FromMinutes(1);

    private readonly OutageLog _failed = new(time, error => LogFailed(logger, error));
    private readonly OutboxOptions _options = options.Value;

    private bool _areDeclared;
    private long? _repairedAt;

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var schedule in declared)
        {
            schedule.ThrowIfWrong(types, time.GetUtcNow());
        }

        return base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!_options.RunSchedules)
        {
            return;
        }

        using var timer = new PeriodicTimer(_options.SchedulePollInterval, time);
        try
        {
            do
            {
                await TryPollAsync(stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException)
        {
            // The host is stopping.
        }
    }

    /// <summary>Creates declared schedules that do not exist.</summary>
    public async Task DeclareAsync(CancellationToken cancellationToken)
    {
        foreach (var schedule in declared)
        {
            await using var scope = scopes.CreateAsyncScope();
            await scope.ServiceProvider.GetRequiredService<TaskSchedules>().DeclareAsync(schedule.Definition, cancellationToken);
            await scope.ServiceProvider.GetRequiredService<UnitOfWork>().CommitAsync(cancellationToken);
        }

        _areDeclared = true;
    }

    /// <returns>False if the clocks differ: then the due times cannot be trusted. <see cref="Clock.StoreClockKeeper"/> logs why.</returns>
    internal async Task<bool> TryPollAsync(CancellationToken stoppingToken)
    {
        if (time.Problem is not null)
        {
            return false;
        }

        try
        {
            if (!_areDeclared)
            {
                await DeclareAsync(stoppingToken);
            }

            if (_repairedAt is not { } last || time.GetElapsedTime(last) > RepairInterval)
            {
                await repair.RunAsync(stoppingToken);
                _repairedAt = time.GetTimestamp();
            }

            await due.RunAsync(stoppingToken);
        }
        catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
        {
            _failed.Report(exception);
        }

        return true;
    }

    [LoggerMessage(
        EventId = 1504, EventName = "SchedulesNotPolled", Level = LogLevel.Warning,
        Message = "Schedules could not be polled; the next poll follows, check the database if this goes on: {Error}")]
    private static partial void LogFailed(ILogger logger, string error);
}
