using Messaging.Outbox.Store;
using Messaging.Outbox.Telemetry;
using Messaging.Outbox.Transport;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.Figures;

/// <summary>
/// Reads the figures of all processes, if this process is the reporter. There is one; the others know from a column of another
/// statement whether there is one, and run none of their own (docs/decisions/0044).
/// </summary>
internal sealed partial class FigureReporter(
    IFigureStore store, IQueueTransport transport, IMessageTransport bus, OutboxGauges gauges, ShownFigures shown, QueueHistory history, ReporterLease lease,
    IOptions<OutboxOptions> options, StoreClock time, ILogger<FigureReporter> logger)
    : BackgroundService
{
    /// <summary>The part of the time that reading may take: an interval is at least this many times as long as the reading.</summary>
    private const int ReadingIsAtMostOneIn = 20;

    /// <summary>A lease lasts for this many intervals.</summary>
    private const int LeaseIntervals = 3;

    private static readonly TimeSpan ReadDeadline = TimeSpan.FromSeconds(30), ReleaseDeadline = TimeSpan.FromSeconds(1), LongestInterval = TimeSpan.FromMinutes(10);

    private readonly Guid _holder = Guid.NewGuid();
    private readonly OutboxOptions _options = options.Value;
    private readonly QueueDepths _depths = new(transport);
    private readonly OutageLog _failed = new(time, error => LogFailed(logger, error));
    private readonly RowCount _rows = new(store, time, logger);
    private IReadOnlyDictionary<string, long> _lastDepths = new Dictionary<string, long>(StringComparer.Ordinal);
    private TimeSpan _interval = options.Value.FiguresInterval;
    private bool _isReporter, _hasAsked, _hasFailed;
    private long _loggedBalance;

    public override void Dispose()
    {
        _rows.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (_isReporter || lease.IsFree(gauges.IsListenedTo))
                {
                    await ReadAsync(stoppingToken);
                }
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                _hasFailed = true;
                _failed.Report(exception); // the gauges show nothing when their last figures are too old
            }
            catch (Exception)
            {
                break;
            }

            await Task.Delay(_interval, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        shown.Clear();
        await _rows.StopAsync();
        await ReleaseAsync();
    }

    /// <summary>So that the figures of all processes are not missing until the lease of one that has stopped is over.</summary>
    private async Task ReleaseAsync()
    {
        if (!_hasAsked)
        {
            return; // it never asked for the lease
        }

        try
        {
            using var deadline = new CancellationTokenSource(ReleaseDeadline, time);
            await store.ReleaseAsync(_holder, deadline.Token);
        }
        catch (Exception exception)
        {
            _failed.Report(exception); // the lease ends by itself
        }
    }

    private async Task ReadAsync(CancellationToken stoppingToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        deadline.CancelAfter(ReadDeadline);
        var (start, now, exports) = (time.GetTimestamp(), time.GetUtcNow(), gauges.IsListenedTo);
        var leaseFor = _interval * LeaseIntervals;
        _hasAsked = true; // even if the answer does not come
        var found = _rows.Found;
        var writesHistory = history.IsDue;
        var turn = new FigureTurn(_holder, exports, leaseFor, found, now, now - _options.WorkerIsAliveFor) { ReadsAll = exports || writesHistory, ConsumersSettle = bus.ConsumersSettle };
        if (_hasFailed)
        {
            await store.CatchUpAsync(turn, deadline.Token); // what was not read meanwhile may be too much for one reading
            _hasFailed = false;
        }

        var figures = await store.ReadAsync(turn, deadline.Token);
        _isReporter = figures is not null;
        if (figures is null)
        {
            lease.Lost();
            shown.Clear();
            _rows.Forget();
            return;
        }

        _rows.Use(found);
        _interval = Next(time.GetElapsedTime(start) * ReadingIsAtMostOneIn);
        var set = new FigureSet(figures, now, _lastDepths);
        shown.Show(set, start, leaseFor); // whatever the broker does
        LogChange(set.Balance);
        _rows.Begin(stoppingToken);
        if (turn.ReadsAll)
        {
            _lastDepths = await _depths.ReadAsync(set.Queues, stoppingToken);
            set = new FigureSet(figures, now, _lastDepths);
            shown.Show(set, start, leaseFor);
        }

        if (writesHistory)
        {
            await history.WriteAsync(set, bus.ConsumersSettle, stoppingToken);
        }
    }

    private void LogChange(long? balance)
    {
        if (balance is not { } now || now == _loggedBalance)
        {
            return;
        }

        _loggedBalance = now;
        if (now == 0)
        {
            LogBalanced();
        }
        else
        {
            LogOutOfBalance(now);
        }
    }

    /// <summary>Grows to twice its length at most, so that it ends before the lease does.</summary>
    private TimeSpan Next(TimeSpan wanted)
    {
        var longest = _interval * 2 < LongestInterval ? _interval * 2 : LongestInterval;
        return wanted < _options.FiguresInterval ? _options.FiguresInterval : wanted < longest ? wanted : longest;
    }

    [LoggerMessage(
        EventId = 1720, EventName = "FiguresNotRead", Level = LogLevel.Warning,
        Message = "The figures of the outbox could not be read; the next attempt follows, check the database if this goes on: {Error}")]
    private static partial void LogFailed(ILogger logger, string error);

    [LoggerMessage(
        EventId = 1721, EventName = "TasksOutOfBalance", Level = LogLevel.Error,
        Message = "The balance of tasks is {Balance} and has to be 0: find out who changed the table (more: tasks were accepted that have neither ended nor are there; less: tasks are there that were not accepted)")]
    private partial void LogOutOfBalance(long balance);

    [LoggerMessage(
        EventId = 1722, EventName = "TasksBalanced", Level = LogLevel.Information,
        Message = "The balance of tasks is 0: all that were accepted have ended, or are there")]
    private partial void LogBalanced();
}
