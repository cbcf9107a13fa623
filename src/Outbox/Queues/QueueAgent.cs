using Messaging.Outbox.Store;
using Messaging.Outbox.Tasks;
using Messaging.Outbox.Telemetry;
using Messaging.Outbox.Transport;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.Queues;

/// <summary>
/// Reports to the store which queues this process consumes, with their figures, and applies the queues' settings. A process
/// without queues only updates its directory.
/// </summary>
internal sealed partial class QueueAgent(
    ICommitStore commits, IStoreQueries queries, ISqlDialect dialect,
    QueueEndpoints endpoints,
    ConsumerRegistry registry,
    QueueDirectory directory,
    RunningTasks running,
    ReporterLease lease,
    IMessageTransport transport, // a dependency, so that the endpoints are configured first
    IOptions<OutboxOptions> options,
    StoreClock time,
    ILogger<QueueAgent> logger) : BackgroundService
{
    /// <summary>
    /// The maximum number of running tasks in a heartbeat, so that its row stays small: the maximum concurrency of a queue.
    /// </summary>
    private const int MaxRunning = QueueChange.MaxConcurrency;

    private readonly OutboxOptions _options = options.Value;
    private readonly Dictionary<string, (long Consumed, long At)> _last = new(StringComparer.Ordinal);
    private int _reported;
    private long? _reportedAt;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        _ = transport;
        while (!stoppingToken.IsCancellationRequested)
        {
            var all = endpoints.All; // an endpoint can be connected at run time
            try
            {
                await PollAsync(all, stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                LogFailed(FailureText.Of(exception)); // the previous settings stay in effect
            }
            catch (Exception)
            {
                break;
            }

            var interval = all.Count > 0 ? _options.QueueSettingsInterval : _options.QueueReportInterval;
            await Task.Delay(interval, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await LeaveAsync(endpoints.All);
    }

    /// <summary>Reports first, so that this process counts when the rate limit is divided.</summary>
    private async Task PollAsync(IReadOnlyList<QueueEndpoint> all, CancellationToken stoppingToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        deadline.CancelAfter(_options.QueueReportInterval);
        var now = time.GetUtcNow();
        if (all.Count > _reported || (all.Count > 0 && (_reportedAt is not { } last || time.GetElapsedTime(last) >= _options.QueueReportInterval)))
        {
            await ReportAsync(all, now, deadline.Token);
            (_reported, _reportedAt) = (all.Count, time.GetTimestamp());
        }

        var known = await QueueAgentSql.ReadAllAsync(queries, _options, now, deadline.Token, lease);
        directory.Learn(known);
        foreach (var queue in known)
        {
            endpoints.Find(queue.Settings.Name)?.Apply(queue.Settings, queue.Workers);
        }
    }

    private async Task ReportAsync(IReadOnlyList<QueueEndpoint> all, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var heartbeats = all.Select(CreateHeartbeat).ToList();
        await InTransactionAsync(
            transaction => QueueAgentSql.ReportAsync(
                transaction, all, registry.Queues(), heartbeats, now, cancellationToken),
            cancellationToken);
    }

    private Heartbeat CreateHeartbeat(QueueEndpoint endpoint)
    {
        var (consumed, now) = (endpoint.Gate.Consumed, time.GetTimestamp());
        var rate = _last.TryGetValue(endpoint.Name, out var last)
            ? (consumed - last.Consumed) / Math.Max(0.001, time.GetElapsedTime(last.At, now).TotalSeconds)
            : 0;
        _last[endpoint.Name] = (consumed, now);
        return new Heartbeat(
            endpoint.Name,
            WorkerName.Value,
            endpoint.Concurrency,
            endpoint.InFlight,
            consumed,
            Math.Round(rate, 3),
            endpoint.Gate.TakeOldest()?.TotalSeconds,
            RunningTasks(endpoint.Name));
    }

    /// <summary>The tasks of a queue that this process has been running for a while; null if there are none.</summary>
    private byte[]? RunningTasks(string queue)
    {
        var ids = running.OlderThan(_options.RunningAfter)
            .Where(a => a.Queue == queue).Select(a => a.TaskId).OfType<Guid>().Take(MaxRunning).ToList();
        return ids.Count == 0 ? null : SentBatch.PackIds(ids);
    }

    private async Task LeaveAsync(IReadOnlyList<QueueEndpoint> all)
    {
        if (all.Count == 0)
        {
            return;
        }

        try
        {
            using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(1), time);
            await InTransactionAsync(transaction => QueueAgentSql.LeaveAsync(transaction, WorkerName.Value, deadline.Token), deadline.Token);
        }
        catch (Exception exception)
        {
            LogFailed(FailureText.Of(exception)); // the heartbeats expire instead
        }
    }

    private async Task InTransactionAsync(Func<OutboxTransaction, Task> action, CancellationToken cancellationToken)
    {
        await using var transaction = await commits.BeginAsync(cancellationToken);
        await dialect.TranslateAsync(async () =>
        {
            await action(transaction.Own);
            return true;
        });
        await transaction.CommitAsync(new StagedWork(), cancellationToken);
    }

    [LoggerMessage(LogLevel.Warning, "The queues could not be updated; the next attempt follows: {Error}")]
    private partial void LogFailed(string error);
}
