using Messaging.Outbox.Queues;
using Messaging.Outbox.Store;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.Effects;

/// <summary>Writes the sample of this process every few seconds, in a transaction of its own. It is for charts: nothing waits for it, and what cannot be written is lost.</summary>
internal sealed partial class EffectTimesWriter(
    EffectTimes effects, ICommitStore commits, ISqlDialect dialect, IOptions<OutboxOptions> options, StoreClock time, ILogger<EffectTimesWriter> logger)
    : BackgroundService
{
    private static readonly TimeSpan LastDeadline = TimeSpan.FromSeconds(1);

    private readonly TimeSpan _interval = options.Value.QueueReportInterval;
    private readonly OptionalWork _work = new(time, error => LogNotWritten(logger, error));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(_interval, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await WriteAsync(stoppingToken.IsCancellationRequested ? LastDeadline : _interval);
        }
    }

    private async Task WriteAsync(TimeSpan within)
    {
        if (effects.Take() is not { Count: > 0 } sample || !_work.IsDue)
        {
            return;
        }

        try
        {
            using var deadline = new CancellationTokenSource(within, time);
            await commits.RunAsync(dialect, transaction => EffectSql.AddAsync(transaction, sample, time.GetUtcNow(), deadline.Token), deadline.Token);
            _work.Succeed();
        }
        catch (Exception exception)
        {
            _work.Fail(exception);
        }
    }

    [LoggerMessage(
        EventId = 1724, EventName = "EffectTimesNotWritten", Level = LogLevel.Warning,
        Message = "How long tasks took could not be written, so it is missing in the charts; they are executed nevertheless; check the database and the role's rights: {Error}")]
    private static partial void LogNotWritten(ILogger logger, string error);
}
