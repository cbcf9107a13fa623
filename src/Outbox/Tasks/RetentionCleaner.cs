using Messaging.Outbox.Idempotency;
using Messaging.Outbox.Redelivery;
using Messaging.Outbox.Staging;
using Messaging.Outbox.Store;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.Tasks;

/// <summary>Deletes what is past its retention, in small transactions.</summary>
internal sealed partial class RetentionCleaner(
    IOutboxStore store, IOptions<OutboxOptions> options, TimeProvider time, ILogger<RetentionCleaner> logger) : BackgroundService
{
    private readonly OutboxOptions _options = options.Value;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(_options.CleanUpInterval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await CleanUpAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The host is stopping.
        }
    }

    private async Task CleanUpAsync(CancellationToken stoppingToken)
    {
        try
        {
            var now = time.GetUtcNow();
            var retention = new Retention(
                now - _options.InboxRetention,
                now - _options.SucceededTaskRetention,
                now - _options.FailedTaskRetention,
                now - _options.CancelledTaskRetention,
                now - _options.DeadLetterRetention,
                now - _options.AuditRetention,
                now - _options.IdempotencyRetention);
            var deleted = 1;
            while (deleted > 0 && !stoppingToken.IsCancellationRequested)
            {
                using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30), time);
                deleted = await store.CleanUpAsync(retention, deadline.Token);
                deleted += await DeleteRestAsync(retention, now, deadline.Token);
            }
        }
        catch (Exception exception)
        {
            LogFailed(FailureText.Of(exception));
        }
    }

    private async Task<int> DeleteRestAsync(Retention retention, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var transaction = await store.BeginAsync(cancellationToken);
        var deleted = await store.TranslateAsync(async () =>
        {
            var sum = await IdempotencySql.DeleteAsync(transaction.Transaction, retention, cancellationToken);
            foreach (var (sql, parameters) in RetentionSql.Statements(retention, now))
            {
                sum += await transaction.Transaction.ExecuteAsync(sql, cancellationToken, parameters);
            }

            return sum;
        });
        await transaction.CommitAsync(new StagedWork(), cancellationToken);
        return deleted;
    }

    [LoggerMessage(LogLevel.Warning, "The clean-up failed, the next one follows: {Error}")]
    private partial void LogFailed(string error);
}
