using Messaging.Outbox.Queues;
using Messaging.Outbox.Staging;
using Messaging.Outbox.Store;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.SharedTasks;

/// <summary>
/// Ends tasks of several consumers that only wait for queues without consumers (<see cref="OutboxOptions.ConsumerGoneAfter"/>),
/// and records in the other tasks which queues they wait for, so that no task waits forever or without a reason. One process
/// sweeps at a time.
/// </summary>
internal sealed partial class SharedTaskSweep(
    IStoreQueries queries, ISqlDialect dialect, IRetentionStore turns, IStoreTime clock, GroupCommitter committer, QueueDirectory queues, IOptions<OutboxOptions> options, TimeProvider time,
    ILogger<SharedTaskSweep> logger)
    : BackgroundService
{
    private readonly OutboxOptions _options = options.Value;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(Math.Clamp(_options.ConsumerGoneAfter.TotalSeconds / 4, 0.25, 60)), time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await SweepAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The host is stopping.
        }
    }

    /// <returns>The number of tasks that were changed.</returns>
    internal async Task<int> SweepAsync(CancellationToken stoppingToken)
    {
        var changed = 0;
        try
        {
            await using var turn = await turns.TakeTurnToSweepAsync(stoppingToken);
            if (turn is null)
            {
                return changed;
            }

            var before = await StoreDeadline.RunAsync(_options.CommitTimeout, clock.NowAsync, stoppingToken) - _options.ConsumerGoneAfter;
            var (after, hasMore) = (Guid.Empty, true);
            while (hasMore && !stoppingToken.IsCancellationRequested)
            {
                var page = await StoreDeadline.RunAsync(_options.CommitTimeout, token => OpenShares.ReadAsync(queries, after, before, token), stoppingToken);
                foreach (var work in page.Select(ChangeOf).OfType<StagedWork>())
                {
                    await committer.CommitAsync(work, stoppingToken);
                    changed++;
                }

                hasMore = page.Count == OpenShares.PageSize;
                after = hasMore ? page[^1].Task : after;
            }
        }
        catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
        {
            LogFailed(FailureText.Of(exception));
        }

        return changed;
    }

    /// <returns>Null if the task is as it has to be, as most are at most times.</returns>
    private StagedWork? ChangeOf(OpenShares shares)
    {
        var (id, expected, done) = (shares.Task, shares.Expected, shares.Done);
        if (expected is null)
        {
            return null;
        }

        var work = new StagedWork();
        if (done.Count > 0 && expected.AreDone(done, queues.IsGone))
        {
            work.Outcomes.Add(new TaskOutcome(id, TaskState.Succeeded, Attempts: 0, StartedAt: null)
            {
                HasSuccessors = true, // not known here
                Share = new TaskShare(ConsumerId: null, Queue: "", expected) { IsGone = queues.IsGone },
            });
            LogEnded(id, string.Join(", ", expected.Missing(done)));
            return work;
        }

        if (shares.HasReason)
        {
            return null;
        }

        work.Commands.Add(new StagedCommand(
            // the task may have ended since it was read
            dialect.Names.In($"UPDATE messaging.tasks SET last_error = $2 WHERE id = $1 AND last_error IS NULL AND state NOT IN ({TaskStates.EndedSql})"),
            [id, $"Some consumers are done; those on {string.Join(", ", expected.Missing(done))} are not."]));
        return work;
    }

    [LoggerMessage(
        EventId = 1610, EventName = "SharedTaskEnded", Level = LogLevel.Warning,
        Message = "Task {TaskId} has succeeded without its consumers on {Queues}, which no worker has reported for a while; check whether they should run")]
    private partial void LogEnded(Guid taskId, string queues);

    [LoggerMessage(
        EventId = 1611, EventName = "SharedTasksNotChecked", Level = LogLevel.Warning,
        Message = "Tasks of several consumers could not be checked; the next attempt follows, check the database if this goes on: {Error}")]
    private partial void LogFailed(string error);
}
