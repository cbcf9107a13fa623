using Messaging.Outbox.Store;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Messaging.Outbox.Bulk;

/// <summary>Runs bulk actions. Every process has one: each takes the oldest action that nobody holds, and continues those of a process that was killed.</summary>
internal sealed partial class BulkActionRunner(BulkSteps steps, OutboxReader store, TimeProvider time, ILogger<BulkActionRunner> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2), PauseAfterRefusal = TimeSpan.FromMinutes(1), LongestPause = TimeSpan.FromSeconds(15), ReleaseDeadline = TimeSpan.FromSeconds(1);

    private readonly Guid _holder = Guid.NewGuid();
    private readonly HashSet<Guid> _unknown = [];
    private bool _holds;
    private int _outages; // readings or writings that failed in a row
    private (Guid Id, int Size)? _smaller; // of a step whose failure could not be written

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var pause = Interval;
            try
            {
                await RunAsync(stoppingToken);
                _outages = 0;
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                Report(exception);
                pause = SqlErrors.IsPermanent(exception) ? PauseAfterRefusal : Shorter(BulkRetry.PauseAfter(_outages), LongestPause); // a refused statement is an entry in the server's log as well
            }
            catch (Exception)
            {
                break;
            }

            await Task.Delay(pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await ReleaseAsync();
    }

    /// <summary>Runs actions until there is none to take. One that this version does not know stays for another process.</summary>
    private async Task RunAsync(CancellationToken stoppingToken)
    {
        while ((await store.QueryAsync(BulkActionSql.SelectAny, [], _ => true, stoppingToken)).Count > 0 && await steps.TakeAsync(_holder, _unknown, stoppingToken) is { } taken)
        {
            _holds = true;
            if (taken.Order.IsKnown)
            {
                await RunAsync(taken, stoppingToken);
            }
            else
            {
                _unknown.Add(taken.Action.Id);
                await steps.ReleaseAsync(_holder, stoppingToken);
                LogUnknown(taken.Action.Id, taken.Action.Subject);
            }

            _holds = false;
        }
    }

    private async Task RunAsync(RunningBulkAction taken, CancellationToken stoppingToken)
    {
        var running = _smaller is { } smaller && smaller.Id == taken.Action.Id && smaller.Size < taken.Size ? taken with { Size = smaller.Size } : taken;
        while (running is { Action.State: BulkActionState.Running })
        {
            var current = running;
            try
            {
                running = await steps.StepAsync(current, _holder, stoppingToken);
                _smaller = null;
            }
            catch (BulkStepException failure) when (!stoppingToken.IsCancellationRequested)
            {
                await FailAsync(current, failure, stoppingToken);
                return;
            }
        }

        if (running?.Action is { State: BulkActionState.Done } done)
        {
            LogEnded(done.Id, done.Action, done.Subject, done.Changed, done.Skipped);
        }
    }

    /// <summary>Lets go of the action until its next attempt. If the database is out of reach, this does not get through to it either, and nothing is counted.</summary>
    private async Task FailAsync(RunningBulkAction running, BulkStepException failure, CancellationToken stoppingToken)
    {
        _smaller = (running.Action.Id, BulkStepSize.AfterFailure(running.Size));
        var failed = await steps.FailAsync(running, _holder, failure, stoppingToken);
        _smaller = null;
        if (failed is { Next.IsLast: true, Action.Action: var ended })
        {
            LogFailed(ended.Id, ended.Action, ended.Subject, ended.Changed, failed.Value.Next.Error);
        }
        else if (failed is { } again)
        {
            LogStepFailed(again.Action.Action.Id, again.Action.Failures, again.Next.Pause.TotalSeconds, again.Next.Size, again.Next.Error);
        }
    }

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private async Task ReleaseAsync()
    {
        if (!_holds)
        {
            return;
        }

        try
        {
            using var deadline = new CancellationTokenSource(ReleaseDeadline, time);
            await steps.ReleaseAsync(_holder, deadline.Token);
        }
        catch (Exception exception)
        {
            Report(exception); // the lease ends by itself
        }
    }

    /// <summary>One line for each outage.</summary>
    private void Report(Exception exception)
    {
        if (_outages++ == 0)
        {
            LogNotRun(FailureText.Of(exception));
        }
    }

    [LoggerMessage(
        EventId = 1650, EventName = "BulkActionDone", Level = LogLevel.Information,
        Message = "Bulk action {Id} ({Action}, {Subject}) is done: {Changed} changed, {Skipped} had changed before or could not be")]
    private partial void LogEnded(Guid id, BulkActionKind action, BulkSubject subject, long changed, long skipped);

    [LoggerMessage(
        EventId = 1651, EventName = "BulkActionStepFailed", Level = LogLevel.Warning,
        Message = "A step of bulk action {Id} has failed {Failures} times in a row; the next attempt follows in {Seconds} s with {Size} at a time, check the database if this goes on: {Error}")]
    private partial void LogStepFailed(Guid id, int failures, double seconds, int size, string error);

    [LoggerMessage(
        EventId = 1652, EventName = "BulkActionFailed", Level = LogLevel.Error,
        Message = "Bulk action {Id} ({Action}, {Subject}) has failed after {Changed} changes, which stay; correct the cause and ask for the rest again: {Error}")]
    private partial void LogFailed(Guid id, BulkActionKind action, BulkSubject subject, long changed, string error);

    [LoggerMessage(
        EventId = 1654, EventName = "BulkActionUnknown", Level = LogLevel.Warning,
        Message = "Bulk action {Id} ({Subject}) has something that this version of the program does not know; deploy the newer one here as well, or stop the action (/bulk-actions)")]
    private partial void LogUnknown(Guid id, BulkSubject subject);

    [LoggerMessage(
        EventId = 1653, EventName = "BulkActionsNotRun", Level = LogLevel.Warning,
        Message = "Bulk actions could not be read or run; the next attempt follows, check the database and the role's rights if this goes on: {Error}")]
    private partial void LogNotRun(string error);
}
