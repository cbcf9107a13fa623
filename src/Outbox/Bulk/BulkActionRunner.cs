using Messaging.Outbox.Store;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Messaging.Outbox.Bulk;

/// <summary>Runs bulk actions. Every process has one: each takes the oldest action that nobody holds, and continues those of a process that was killed.</summary>
internal sealed partial class BulkActionRunner(BulkSteps steps, OutboxReader store, TimeProvider time, ILogger<BulkActionRunner> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2), PauseAfterRefusal = TimeSpan.FromMinutes(1), ReleaseDeadline = TimeSpan.FromSeconds(1);

    private readonly Guid _holder = Guid.NewGuid();
    private readonly HashSet<Guid> _unknown = [];
    private bool _holds, _hasFailed;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var pause = Interval;
            try
            {
                await RunAsync(stoppingToken);
                _hasFailed = false;
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                pause = SqlErrors.IsPermanent(exception) ? PauseAfterRefusal : Interval; // a refused statement is an entry in the server's log as well
                Report(exception);
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
        var (running, size) = ((RunningBulkAction?)taken, BulkSteps.Size);
        while (running is { Action.State: BulkActionState.Running } current)
        {
            try
            {
                running = await steps.StepAsync(current, _holder, size, stoppingToken);
                size = Math.Min(size * 2, BulkSteps.Size);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                // Of fewer each takes less time and fewer locks. If the database is out of reach, this does not get through to it either, and nothing is counted.
                size = Math.Max(1, size / 4);
                running = await FailAsync(current, FailureText.Of(exception), stoppingToken);
            }
        }

        if (running?.Action is { State: BulkActionState.Done } done)
        {
            LogEnded(done.Id, done.Action, done.Subject, done.Changed, done.Skipped);
        }
    }

    private async Task<RunningBulkAction?> FailAsync(RunningBulkAction running, string error, CancellationToken stoppingToken)
    {
        var failed = await steps.FailAsync(running, _holder, error, stoppingToken);
        if (failed is { Action.State: BulkActionState.Failed })
        {
            LogFailed(failed.Action.Id, failed.Action.Action, failed.Action.Subject, failed.Action.Changed, error);
        }
        else if (failed is not null)
        {
            LogStepFailed(failed.Action.Id, failed.Failures, BulkSteps.MaxFailures, error);
            await Task.Delay(BulkSteps.PauseAfter(failed), time, stoppingToken);
        }

        return failed;
    }

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
        if (!_hasFailed)
        {
            _hasFailed = true;
            LogNotRun(FailureText.Of(exception));
        }
    }

    [LoggerMessage(
        EventId = 1650, EventName = "BulkActionDone", Level = LogLevel.Information,
        Message = "Bulk action {Id} ({Action}, {Subject}) is done: {Changed} changed, {Skipped} had changed before or could not be")]
    private partial void LogEnded(Guid id, BulkActionKind action, BulkSubject subject, long changed, long skipped);

    [LoggerMessage(
        EventId = 1651, EventName = "BulkActionStepFailed", Level = LogLevel.Warning,
        Message = "A step of bulk action {Id} has failed, {Failures} of {MaxFailures} times; the next attempt follows, check the database if this goes on: {Error}")]
    private partial void LogStepFailed(Guid id, int failures, int maxFailures, string error);

    [LoggerMessage(
        EventId = 1652, EventName = "BulkActionFailed", Level = LogLevel.Error,
        Message = "Bulk action {Id} ({Action}, {Subject}) has failed after {Changed} changes, which stay; correct the cause and ask for it again: {Error}")]
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
