using Messaging.Outbox.Store;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.Tasks;

/// <summary>
/// Periodically shows long attempts as Running, with their progress, and ends those whose task was cancelled; two statements for
/// all of them.
/// </summary>
internal sealed partial class RunningReporter(
    IRunningTaskStore store, IInboxStore inbox, RunningTasks running, IOptions<OutboxOptions> options, TimeProvider time, ILogger<RunningReporter> logger)
    : BackgroundService
{
    /// <summary>How long a consumer has to end after its token was cancelled.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private readonly OutageLog _failed = new(time, error => LogFailed(logger, error));
    private readonly OutboxOptions _options = options.Value;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await running.WaitForOneAsync(stoppingToken);
                await Task.Delay(_options.RunningAfter / 2, time, stoppingToken);
                await ReportAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // The host is stopping.
        }
    }

    private async Task ReportAsync()
    {
        foreach (var attempt in running.TakeLate(Grace))
        {
            LogLate(attempt.Queue, attempt.Number, attempt.TaskId, attempt.Deadline!.TimeLimit);
        }

        var attempts = running.OlderThan(_options.RunningAfter);
        if (attempts.Count == 0)
        {
            return;
        }

        try
        {
            using var deadline = new CancellationTokenSource(_options.CommitTimeout, time);
            await ShowAsync([.. attempts.Where(a => a.TakeNews())], deadline.Token);
            await EndCancelledAsync(attempts, deadline.Token);
        }
        catch (Exception exception)
        {
            _failed.Report(exception);
        }
    }

    private async Task ShowAsync(IReadOnlyList<Attempt> attempts, CancellationToken cancellationToken)
    {
        var tasks = attempts.Select(a => a.Task).OfType<RunningTask>().DistinctBy(t => t.Id).ToList();
        if (tasks.Count == 0)
        {
            return;
        }

        try
        {
            await store.MarkRunningAsync(tasks, WorkerName.Value, cancellationToken);
        }
        catch (Exception exception) when (SqlErrors.IsPermanent(exception))
        {
            await ShowEachAloneAsync(tasks, cancellationToken);
        }
        catch
        {
            foreach (var attempt in attempts)
            {
                attempt.HasNews = true;
            }

            throw;
        }
    }

    /// <summary>A row that the database refuses does not affect the others. It is not retried before its progress changes.</summary>
    private async Task ShowEachAloneAsync(IReadOnlyList<RunningTask> tasks, CancellationToken cancellationToken)
    {
        foreach (var task in tasks)
        {
            try
            {
                await store.MarkRunningAsync([task], WorkerName.Value, cancellationToken);
            }
            catch (Exception exception) when (SqlErrors.IsPermanent(exception))
            {
                LogRefused(task.Id, FailureText.Of(exception));
            }
        }
    }

    /// <summary>A task can be cancelled from any process; the worker finds out from the task's row.</summary>
    private async Task EndCancelledAsync(IReadOnlyList<Attempt> attempts, CancellationToken cancellationToken)
    {
        var ids = attempts.Select(a => a.TaskId).OfType<Guid>().ToHashSet();
        if (ids.Count == 0)
        {
            return;
        }

        var done = await inbox.FindDoneAsync([], ids, cancellationToken);
        foreach (var attempt in attempts.Where(a => a.TaskId is { } id && done.Cancelled.Contains(id)))
        {
            attempt.Deadline?.CancelTask();
        }
    }

    [LoggerMessage(
        EventId = 1620, EventName = "RunningTaskRefused", Level = LogLevel.Warning,
        Message = "Task {Task} cannot be shown as Running; correct its progress text: {Error}")]
    private partial void LogRefused(Guid task, string error);

    [LoggerMessage(
        EventId = 1621, EventName = "RunningTasksNotUpdated", Level = LogLevel.Warning,
        Message = "Running tasks could not be updated or checked; check the database if this goes on: {Error}")]
    private static partial void LogFailed(ILogger logger, string error);

    [LoggerMessage(
        EventId = 1622, EventName = "AttemptOverTime", Level = LogLevel.Warning,
        Message = "A consumer of {Queue} does not end: attempt {Attempt} of task {Task} goes on after its time limit of {TimeLimit}. Use context.CancellationToken for what it waits for, "
        + "and do not block the thread: what blocks cannot be stopped, and keeps its place until it returns")]
    private partial void LogLate(string queue, int attempt, Guid? task, TimeSpan timeLimit);
}
