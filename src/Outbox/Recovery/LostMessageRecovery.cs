using Messaging.Outbox.Staging;
using Messaging.Outbox.Store;
using Messaging.Outbox.Telemetry;
using Messaging.Outbox.Transport;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.Recovery;

/// <summary>
/// Checks periodically whether the broker has lost messages. Several processes may run it; each batch is checked by one of them.
/// Over the in-memory transport there is nothing to check if rows stay in the outbox until their consumers are done.
/// </summary>
internal sealed partial class LostMessageRecovery(
    IStoreTime clock,
    LostMessages messages,
    IMessageTransport transport,
    OutboxSignal signal,
    OutboxMetrics metrics,
    IOptions<OutboxOptions> options,
    TimeProvider time,
    ILogger<LostMessageRecovery> logger) : BackgroundService
{
    private readonly OutboxOptions _options = options.Value;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!_options.Dispatch || transport.ConsumersSettle)
        {
            return;
        }

        var interval = Math.Clamp(_options.LostAfter.TotalSeconds / 10, 0.5, 60);
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(interval), time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await CheckAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The host is stopping.
        }
    }

    private async Task CheckAsync(CancellationToken stoppingToken)
    {
        try
        {
            foreach (var (queue, count) in await messages.ResendAsync(await clock.NowAsync(stoppingToken), transport.IsDurable, stoppingToken))
            {
                metrics.Lost(count, queue);
                LogLost(count, queue, _options.LostAfter);
                signal.Set();
            }
        }
        catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
        {
            LogFailed(FailureText.Of(exception));
        }
    }

    [LoggerMessage(
        EventId = 1600, EventName = "MessagesLost", Level = LogLevel.Warning,
        Message = "{Count} message(s) of queue {Queue}, which the broker had confirmed more than {LostAfter} ago, were lost and are sent again; check the broker")]
    private partial void LogLost(int count, string queue, TimeSpan lostAfter);

    [LoggerMessage(
        EventId = 1601, EventName = "RecoveryFailed", Level = LogLevel.Warning,
        Message = "Sent messages could not be checked; the next attempt follows, check the database if this goes on: {Error}")]
    private partial void LogFailed(string error);
}
