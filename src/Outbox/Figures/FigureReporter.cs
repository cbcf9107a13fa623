using Messaging.Outbox.Store;
using Messaging.Outbox.Telemetry;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.Figures;

/// <summary>
/// Reads the figures of all processes, if this process is the reporter. There is one; the others know from a column of another
/// statement whether there is one, and run none of their own (docs/decisions/0044).
/// </summary>
internal sealed partial class FigureReporter(
    IFigureStore store, IQueueTransport transport, OutboxGauges gauges, ShownFigures shown, ReporterLease lease, IOptions<OutboxOptions> options, StoreClock time, ILogger<FigureReporter> logger)
    : BackgroundService
{
    /// <summary>The part of the time that reading may take: an interval is at least this many times as long as the reading.</summary>
    private const int ReadingIsAtMostOneIn = 20;

    /// <summary>The same for counting the rows of all tasks.</summary>
    private const int CountingIsAtMostOneIn = 100;

    /// <summary>A lease lasts for this many intervals.</summary>
    private const int LeaseIntervals = 3;

    private static readonly TimeSpan ReadDeadline = TimeSpan.FromSeconds(30), DepthDeadline = TimeSpan.FromSeconds(3), ReleaseDeadline = TimeSpan.FromSeconds(1), LongestInterval = TimeSpan.FromMinutes(10);

    private readonly Guid _holder = Guid.NewGuid();
    private readonly OutboxOptions _options = options.Value;
    private TimeSpan _interval = options.Value.FiguresInterval;
    private bool _isReporter;
    private long? _countedAt;
    private TimeSpan _counting;
    private long _loggedBalance;

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
                LogFailed(FailureText.Of(exception)); // the gauges show nothing when their last figures are too old
            }
            catch (Exception)
            {
                break;
            }

            await Task.Delay(_interval, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        shown.Clear();
        await ReleaseAsync();
    }

    /// <summary>So that the figures of all processes are not missing until the lease of one that has stopped is over.</summary>
    private async Task ReleaseAsync()
    {
        if (_countedAt is null)
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
            LogFailed(FailureText.Of(exception)); // the lease ends by itself
        }
    }

    private async Task ReadAsync(CancellationToken stoppingToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        deadline.CancelAfter(ReadDeadline);
        var (start, now, exports) = (time.GetTimestamp(), time.GetUtcNow(), gauges.IsListenedTo);
        var countsRows = _countedAt is not { } counted || time.GetElapsedTime(counted) >= _counting * CountingIsAtMostOneIn;
        var leaseFor = _interval * LeaseIntervals;
        if (countsRows)
        {
            leaseFor += _countedAt is null ? ReadDeadline : _counting * 2; // as long as it may take
            (_countedAt, _counting) = (start, ReadDeadline); // if it takes too long, it is tried again much later
        }

        var figures = await store.ReadAsync(new FigureTurn(_holder, exports, leaseFor, countsRows, now, now - _options.WorkerIsAliveFor), deadline.Token);
        _isReporter = figures is not null;
        if (figures is null)
        {
            lease.Lost();
            shown.Clear();
            return;
        }

        var took = time.GetElapsedTime(start);
        (_countedAt, _counting) = countsRows ? (time.GetTimestamp(), took) : (_countedAt, _counting);
        _interval = countsRows ? _interval : Next(took * ReadingIsAtMostOneIn); // a count of the rows has a limit of its own
        var set = new FigureSet(figures, now, exports ? await DepthsAsync(figures, stoppingToken) : new Dictionary<string, long>(StringComparer.Ordinal));
        shown.Show(set, start, leaseFor);
        if (set.Balance is { } balance && balance != _loggedBalance)
        {
            _loggedBalance = balance;
            if (balance == 0)
            {
                LogBalanced();
            }
            else
            {
                LogOutOfBalance(balance);
            }
        }
    }

    /// <summary>Grows to twice its length at most, so that it ends before the lease does.</summary>
    private TimeSpan Next(TimeSpan wanted)
    {
        var longest = _interval * 2 < LongestInterval ? _interval * 2 : LongestInterval;
        return wanted < _options.FiguresInterval ? _options.FiguresInterval : wanted < longest ? wanted : longest;
    }

    /// <summary>Asks the broker, which may be slow or away: then the depth is not known.</summary>
    private async Task<IReadOnlyDictionary<string, long>> DepthsAsync(IReadOnlyList<Figure> figures, CancellationToken stoppingToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        deadline.CancelAfter(DepthDeadline);
        var depths = new Dictionary<string, long>(StringComparer.Ordinal);
        try
        {
            foreach (var queue in figures.Where(f => f.Name == FigureSql.Paused).Select(f => f.Of!))
            {
                if (await transport.CountAsync(queue, deadline.Token) is not { } depth)
                {
                    break;
                }

                depths[queue] = depth;
            }
        }
        catch (OperationCanceledException) when (!stoppingToken.IsCancellationRequested)
        {
            // The rest of the queues is not known this time.
        }

        return depths;
    }

    [LoggerMessage(
        EventId = 1720, EventName = "FiguresNotRead", Level = LogLevel.Warning,
        Message = "The figures of the outbox could not be read; the next attempt follows, check the database if this goes on: {Error}")]
    private partial void LogFailed(string error);

    [LoggerMessage(
        EventId = 1721, EventName = "TasksOutOfBalance", Level = LogLevel.Error,
        Message = "The balance of tasks is {Balance} and has to be 0: find out who changed the table (more: tasks were accepted that have neither ended nor are there; less: tasks are there that were not accepted)")]
    private partial void LogOutOfBalance(long balance);

    [LoggerMessage(
        EventId = 1722, EventName = "TasksBalanced", Level = LogLevel.Information,
        Message = "The balance of tasks is 0: all that were accepted have ended, or are there")]
    private partial void LogBalanced();
}
