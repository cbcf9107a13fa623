using System.Globalization;
using Messaging.Contracts;
using Messaging.Outbox;
using Microsoft.Extensions.Options;

namespace Messaging.Api.Logs.AccessLog;

/// <summary>
/// Enqueues the waiting entries several times a second, a batch in one unit of work. Entries that cannot be committed are dropped
/// and counted: no caller depends on them, and retries would burden a failing database. When the process stops, the
/// remaining entries are enqueued.
/// </summary>
internal sealed partial class AccessLogWriter(
    AccessLogQueue queue,
    AccessLogDrops drops,
    IServiceScopeFactory scopes,
    IOptions<AccessLogOptions> options,
    StoreClock time,
    IStorageReserve reserve,
    ILogger<AccessLogWriter> logger) : BackgroundService
{
    private const int MaxBatch = 500;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200), ReportInterval = TimeSpan.FromMinutes(1);

    private long? _reportedAt;
    private bool _fails;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Value.Enabled)
        {
            return;
        }

        try
        {
            while (true)
            {
                await queue.WaitAsync(ReportInterval, stoppingToken);
                await Task.Delay(Interval, time, stoppingToken);
                await EnqueueAsync(isLast: false);
            }
        }
        catch (OperationCanceledException)
        {
            await EnqueueAsync(isLast: true); // the web server has stopped: there are no further requests
        }
    }

    private async Task EnqueueAsync(bool isLast)
    {
        List<AccessLogEntry> batch;
        do
        {
            batch = queue.Take(MaxBatch);
            var missing = isLast || _reportedAt is not { } at || time.GetElapsedTime(at) >= ReportInterval ? drops.Unreported : 0;
            if (batch.Count > 0 || missing > 0)
            {
                await TryCommitAsync(batch, missing);
            }
        }
        while (batch.Count == MaxBatch);
    }

    private async Task TryCommitAsync(List<AccessLogEntry> batch, long missing)
    {
        try
        {
            if (await reserve.FindShortageAsync() is not null)
            {
                drops.Add(AccessLogDrops.NoRoom, batch.Count); // the remaining storage is reserved for accepted work
                return;
            }

            await using var scope = scopes.CreateAsyncScope();
            var tasks = scope.ServiceProvider.GetRequiredService<IBackgroundTasks>();
            foreach (var entry in batch)
            {
                tasks.AddUntracked(entry.ToMessage(), Guid.CreateVersion7(entry.At));
            }

            if (missing > 0)
            {
                _reportedAt = time.GetTimestamp();
                tasks.AddUntracked(Missing(missing));
            }

            await scope.ServiceProvider.GetRequiredService<IUnitOfWork>().CommitAsync(CancellationToken.None);
            drops.MarkReported(missing);
            _fails = false;
        }
        catch (Exception exception)
        {
            drops.Add(AccessLogDrops.NotStored, batch.Count);
            if (!_fails)
            {
                _fails = true; // log the first failure only
                LogNotStored(batch.Count, exception.GetType().Name);
            }
        }
    }

    private LogRequested Missing(long count)
    {
        var number = count.ToString(CultureInfo.InvariantCulture);
        return new LogRequested
        {
            Level = LogSeverity.Warning,
            Message = $"{number} requests are missing from the access log",
            Properties = new Dictionary<string, string>(StringComparer.Ordinal) { ["missing"] = number },
            LoggedAt = time.GetUtcNow(),
            Source = LogSource.Access,
        };
    }

    [LoggerMessage(
        EventId = 3000, EventName = "AccessLogDropped", Level = LogLevel.Warning,
        Message = "{Count} entries of the access log could not be stored and were dropped ({Error}); until it works again, further ones are only counted. Check the database")]
    private partial void LogNotStored(int count, string error);
}
