using Messaging.Outbox.Store;
using Messaging.Outbox.Tasks;
using Messaging.Outbox.Telemetry;
using Messaging.Outbox.Transport;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.Queues;

/// <summary>
/// Reports to the store that this process is alive and which queues it consumes, with their figures, and applies the queues'
/// settings.
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
    ServiceIdentity service,
    StoreClock time,
    ILogger<QueueAgent> logger) : BackgroundService
{
    /// <summary>The least time that the database has for a report: one that is busy does not keep a process with a short interval from reporting at all.</summary>
    private static readonly TimeSpan LeastDeadline = TimeSpan.FromSeconds(2);

    private readonly OutboxOptions _options = options.Value;
    private readonly Heartbeats _heartbeats = new(running, options.Value.RunningAfter, time);
    private readonly ProcessReport _process = new(service, options.Value, time);
    private readonly OptionalWork _showing = new(time, error => LogNotShown(logger, error)), _reporter = new(time, error => LogNoReporter(logger, error));
    private readonly OutageLog _failed = new(time, error => LogFailed(logger, error));
    private int _reported;
    private long? _reportedAt, _cleanedAt;

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
                _failed.Report(exception); // the previous settings stay in effect
            }
            catch (Exception)
            {
                break;
            }

            await Task.Delay(PauseAfter(all), time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await LeaveAsync();
    }

    /// <summary>Without queues there are no settings to read. Reports come as often as others expect them, or this process counts as gone in between.</summary>
    private TimeSpan PauseAfter(IReadOnlyList<QueueEndpoint> all) =>
        all.Count > 0 && _options.QueueSettingsInterval < _options.QueueReportInterval ? _options.QueueSettingsInterval : _options.QueueReportInterval;

    /// <summary>Reports first, so that this process counts when the rate limit is divided.</summary>
    private async Task PollAsync(IReadOnlyList<QueueEndpoint> all, CancellationToken stoppingToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        deadline.CancelAfter(_options.QueueReportInterval > LeastDeadline ? _options.QueueReportInterval : LeastDeadline);
        var now = time.GetUtcNow();
        var reports = all.Count > _reported || IsOver(_options.QueueReportInterval, _reportedAt);
        if (reports)
        {
            await ReportAsync(all, now, deadline.Token);
            (_reported, _reportedAt) = (all.Count, time.GetTimestamp());
        }

        var known = await ReadAsync(now, deadline.Token);
        directory.Learn(known);
        foreach (var queue in known)
        {
            endpoints.Find(queue.Settings.Name)?.Apply(queue.Settings, queue.Workers);
        }

        if (reports)
        {
            await ShowAsync(now, stoppingToken);
        }
    }

    /// <summary>Without rights on the reporter's table, for example after a release without its grants, the queues are read alone.</summary>
    private async Task<IReadOnlyList<KnownQueue>> ReadAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (_reporter.IsDue)
        {
            try
            {
                var known = await KnownQueueSql.ReadWithReporterAsync(queries, lease, _options, now, cancellationToken);
                _reporter.Succeed();
                return known;
            }
            catch (Exception exception) when (SqlErrors.IsPermanent(exception))
            {
                _reporter.Fail(exception);
            }
        }

        return await KnownQueueSql.ReadAsync(queries, _options, now, cancellationToken);
    }

    /// <summary>Shows this process among all, last and in a transaction of its own, since nothing depends on it.</summary>
    private async Task ShowAsync(DateTimeOffset now, CancellationToken stoppingToken)
    {
        if (!_showing.IsDue)
        {
            return;
        }

        try
        {
            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
            deadline.CancelAfter(_options.QueueReportInterval > LeastDeadline ? _options.QueueReportInterval : LeastDeadline);
            await commits.RunAsync(dialect, transaction => _process.WriteAsync(transaction, now, deadline.Token), deadline.Token);
            _showing.Succeed();
        }
        catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
        {
            _showing.Fail(exception);
        }
    }

    private async Task ReportAsync(IReadOnlyList<QueueEndpoint> all, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var heartbeats = all.Select(_heartbeats.Of).ToList();
        var cleansUp = IsOver(QueueAgentSql.Kept, _cleanedAt);
        await commits.RunAsync(
            dialect,
            async transaction =>
            {
                await QueueAgentSql.ReportAsync(transaction, all, registry.Queues(), heartbeats, now, cancellationToken);
                if (cleansUp)
                {
                    await QueueAgentSql.CleanUpAsync(transaction, now, _options.WorkerMayRunFor, cancellationToken);
                }
            },
            cancellationToken);
        _cleanedAt = cleansUp ? time.GetTimestamp() : _cleanedAt;
    }

    private bool IsOver(TimeSpan interval, long? since) => since is not { } last || time.GetElapsedTime(last) >= interval;

    private async Task LeaveAsync()
    {
        if (_reportedAt is null)
        {
            return; // it never came
        }

        try
        {
            using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(1), time);
            await commits.RunAsync(dialect, transaction => QueueAgentSql.LeaveAsync(transaction, WorkerName.Value, deadline.Token), deadline.Token);
            if (_showing.IsDue)
            {
                await commits.RunAsync(dialect, transaction => _process.LeaveAsync(transaction, deadline.Token), deadline.Token);
            }
        }
        catch (Exception exception)
        {
            _failed.Report(exception); // the heartbeats expire instead
        }
    }

    [LoggerMessage(
        EventId = 1400, EventName = "QueuesNotUpdated", Level = LogLevel.Warning,
        Message = "The queues could not be updated; the next attempt follows, check the database if this goes on: {Error}")]
    private static partial void LogFailed(ILogger logger, string error);

    [LoggerMessage(
        EventId = 1405, EventName = "ProcessNotShown", Level = LogLevel.Warning,
        Message = "This process cannot report itself, so it is not among the processes (/workers); it consumes nevertheless; check the role's rights: {Error}")]
    private static partial void LogNotShown(ILogger logger, string error);

    [LoggerMessage(
        EventId = 1406, EventName = "ReporterNotKnown", Level = LogLevel.Warning,
        Message = "This process cannot read whether there is a reporter, so it reports no figures; it consumes nevertheless; check the role's rights: {Error}")]
    private static partial void LogNoReporter(ILogger logger, string error);
}
