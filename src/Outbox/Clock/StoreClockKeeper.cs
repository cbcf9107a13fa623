using Messaging.Outbox.Store;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.Clock;

/// <summary>Reads the database's time before other services start, and then periodically; logs once when the clocks differ.</summary>
internal sealed partial class StoreClockKeeper(StoreClock clock, IOptions<OutboxOptions> options, ILogger<StoreClockKeeper> logger)
    : BackgroundService, IHostedLifecycleService
{
    // An unavailable database does not prevent the start: nothing can be stored meanwhile.
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2), RetryInterval = TimeSpan.FromSeconds(1);

    private bool _differs;

    public Task StartingAsync(CancellationToken cancellationToken) => MeasureAsync(cancellationToken);

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(clock.IsKnown ? options.Value.ClockInterval : RetryInterval, clock, stoppingToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await MeasureAsync(stoppingToken);
        }
    }

    private async Task MeasureAsync(CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Timeout);
        try
        {
            if (!clock.IsKnown)
            {
                // The first answer comes over a new connection: it is wrong by up to half of the time that connecting takes.
                await clock.MeasureAsync(deadline.Token).WaitAsync(deadline.Token);
            }

            await clock.MeasureAsync(deadline.Token).WaitAsync(deadline.Token);
        }
        catch (Exception exception)
        {
            LogUnknown(FailureText.Of(exception)); // the last reading stays in use
            return;
        }

        var problem = clock.Problem;
        if (problem is not null && !_differs)
        {
            LogDiffers(problem);
        }
        else if (problem is null && _differs)
        {
            LogAgrees();
        }

        _differs = problem is not null;
    }

    [LoggerMessage(
        EventId = 1800, EventName = "DatabaseTimeUnknown", Level = LogLevel.Debug,
        Message = "The time of the database could not be read; the next attempt follows: {Error}")]
    private partial void LogUnknown(string error);

    [LoggerMessage(EventId = 1801, EventName = "ClocksDiffer", Level = LogLevel.Error, Message = "{Problem} Correct the clock that is wrong")]
    private partial void LogDiffers(string problem);

    [LoggerMessage(EventId = 1802, EventName = "ClocksAgree", Level = LogLevel.Information, Message = "This machine's clock agrees with the database's again")]
    private partial void LogAgrees();
}
