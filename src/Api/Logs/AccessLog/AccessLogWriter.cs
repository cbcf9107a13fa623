using System.Globalization;
using Messaging.Contracts;
using Messaging.Outbox;
using Microsoft.Extensions.Options;

namespace Messaging.Api.Logs.AccessLog;

/// <summary>
/// Hands on what waits, all of it in one unit of work, a few times a second. What cannot be committed is dropped and counted: nobody
/// was promised it, and trying again would burden a database that is in trouble. When the process stops, what waits is handed on.
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
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200), TellInterval = TimeSpan.FromMinutes(1);

    private long? _toldAt;
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
                await queue.WaitAsync(TellInterval, stoppingToken);
                await Task.Delay(Interval, time, stoppingToken);
                await PassToPipelineAsync(isLast: false);
            }
        }
        catch (OperationCanceledException)
        {
            await PassToPipelineAsync(isLast: true); // the web server has stopped before: nothing comes any more
        }
    }

    private async Task PassToPipelineAsync(bool isLast)
    {
        List<AccessLogEntry> batch;
        do
        {
            batch = queue.Take(MaxBatch);
            var missing = isLast || _toldAt is not { } at || time.GetElapsedTime(at) >= TellInterval ? drops.Untold : 0;
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
                drops.Add(AccessLogDrops.NoRoom, batch.Count); // what is left of the storage is for what was promised
                return;
            }

            await using var scope = scopes.CreateAsyncScope();
            var tasks = scope.ServiceProvider.GetRequiredService<BackgroundTasks>();
            foreach (var entry in batch)
            {
                tasks.AddUntracked(entry.ToMessage(), Guid.CreateVersion7(entry.At));
            }

            if (missing > 0)
            {
                _toldAt = time.GetTimestamp();
                tasks.AddUntracked(Missing(missing));
            }

            await scope.ServiceProvider.GetRequiredService<IUnitOfWork>().CommitAsync(CancellationToken.None);
            drops.Told(missing);
            _fails = false;
        }
        catch (Exception exception)
        {
            drops.Add(AccessLogDrops.NotStored, batch.Count);
            if (!_fails)
            {
                _fails = true; // once, until it works again
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

    [LoggerMessage(LogLevel.Warning, "{Count} entries of the access log could not be stored, and are dropped ({Error}); further ones until it works again are counted only")]
    private partial void LogNotStored(int count, string error);
}
