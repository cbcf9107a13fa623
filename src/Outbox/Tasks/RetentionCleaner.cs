using Messaging.Outbox.Idempotency;
using Messaging.Outbox.Store;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.Tasks;

/// <summary>
/// Deletes data past its retention: whole partitions if there are any, otherwise in small transactions. One process at a time
/// does so; several would only wait for each other.
/// </summary>
internal sealed partial class RetentionCleaner(
    IRetentionStore store, IStoreTime clock, ICommitStore commits, ISqlDialect dialect, IOptions<OutboxOptions> options, StoreClock time, ILogger<RetentionCleaner> logger) : BackgroundService
{
    // Soon after the start, for a system that was off for so long that it has no partition for today.
    private static readonly TimeSpan First = TimeSpan.FromSeconds(10);

    // An index of the rows that have to stay is built over a whole partition, concurrently with writes.
    private static readonly TimeSpan PartitionsDeadline = TimeSpan.FromMinutes(30), DeleteDeadline = TimeSpan.FromSeconds(30);

    private readonly OutboxOptions _options = options.Value;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await Task.Delay(_options.CleanUpInterval < First ? _options.CleanUpInterval : First, time, stoppingToken);
            using var timer = new PeriodicTimer(_options.CleanUpInterval, time);
            do
            {
                await TryCleanUpAsync(stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException)
        {
            // The host is stopping.
        }
    }

    /// <returns>False if the clocks differ: then retention cannot be trusted. <see cref="Clock.StoreClockKeeper"/> logs why.</returns>
    internal async Task<bool> TryCleanUpAsync(CancellationToken stoppingToken)
    {
        if (time.Problem is not null)
        {
            return false;
        }

        await CleanUpAsync(stoppingToken);
        return true;
    }

    private async Task CleanUpAsync(CancellationToken stoppingToken)
    {
        try
        {
            await using var turn = await store.TakeTurnToCleanUpAsync(stoppingToken);
            if (turn is null)
            {
                return;
            }

            var now = await clock.NowAsync(stoppingToken);
            var retention = new Retention(
                now - _options.InboxRetention,
                now - _options.SucceededTaskRetention,
                now - _options.FailedTaskRetention,
                now - _options.CancelledTaskRetention,
                now - _options.DeadLetterRetention,
                now - _options.AuditRetention,
                now - _options.IdempotencyRetention);
            await MaintainPartitionsAsync(retention, now, stoppingToken);
            await RepeatAsync(token => store.CleanUpAsync(retention, token), stoppingToken);
            await DeleteRestAsync(retention, now, stoppingToken);
        }
        catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
        {
            LogFailed(FailureText.Of(exception));
        }
    }

    // Without a partition of their own, rows go to the default partition and are deleted from there: this is slower, but loses
    // nothing.
    private async Task MaintainPartitionsAsync(Retention retention, DateTimeOffset now, CancellationToken stoppingToken)
    {
        try
        {
            using var deadline = new CancellationTokenSource(PartitionsDeadline, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, stoppingToken);
            foreach (var change in await store.MaintainPartitionsAsync(retention, now, either.Token))
            {
                LogPartition(change.Action == PartitionAction.Postponed ? LogLevel.Warning : LogLevel.Information, change.Partition, change.Action, change.Rows);
            }
        }
        catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
        {
            LogPartitionsFailed(FailureText.Of(exception));
        }
    }

    private async Task RepeatAsync(Func<CancellationToken, Task<int>> delete, CancellationToken stoppingToken)
    {
        var deleted = 1;
        while (deleted > 0 && !stoppingToken.IsCancellationRequested)
        {
            using var deadline = new CancellationTokenSource(DeleteDeadline, time);
            deleted = await delete(deadline.Token);
        }
    }

    /// <summary>Each kind of row by itself: a search that is too slow keeps nothing else from being deleted.</summary>
    private async Task DeleteRestAsync(Retention retention, DateTimeOffset now, CancellationToken stoppingToken)
    {
        await TryRepeatAsync((transaction, token) => IdempotencySql.DeleteAsync(transaction, retention, token), stoppingToken);
        foreach (var (sql, parameters) in RetentionSql.Statements(retention, now, dialect))
        {
            await TryRepeatAsync((transaction, token) => transaction.ExecuteAsync(sql, token, parameters), stoppingToken);
        }
    }

    private async Task TryRepeatAsync(Func<OutboxTransaction, CancellationToken, Task<int>> delete, CancellationToken stoppingToken)
    {
        try
        {
            await RepeatAsync(token => commits.RunAsync(dialect, transaction => delete(transaction, token), token), stoppingToken);
        }
        catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
        {
            LogFailed(FailureText.Of(exception));
        }
    }

    [LoggerMessage(
        EventId = 1630, EventName = "CleanUpFailed", Level = LogLevel.Warning,
        Message = "The clean-up failed; the next one follows, check the database if this goes on: {Error}")]
    private partial void LogFailed(string error);

    [LoggerMessage(EventId = 1631, EventName = "PartitionChanged", Message = "Partition {Partition}: {Action}, {Rows} rows moved or kept")]
    private partial void LogPartition(LogLevel level, string partition, PartitionAction action, long rows);

    [LoggerMessage(
        EventId = 1632, EventName = "PartitionsNotChanged", Level = LogLevel.Warning,
        Message = "Partitions could not be created or dropped; rows go to the default partition until they can. The role needs EXECUTE on the functions of the outbox's schema: {Error}")]
    private partial void LogPartitionsFailed(string error);
}
