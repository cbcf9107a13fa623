using Messaging.Outbox.Queues;
using Messaging.Outbox.Staging;
using Messaging.Outbox.Store;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.SharedTasks;

/// <summary>
/// Ends tasks of several consumers that only wait for queues without consumers (<see cref="OutboxOptions.ConsumerGoneAfter"/>),
/// and records in the other tasks which queues they wait for, so that no task waits forever or without a reason. Several
/// processes may run it at once.
/// </summary>
internal sealed partial class SharedTaskSweep(
    IStoreQueries queries, ISqlDialect dialect, IStoreTime clock, GroupCommitter committer, QueueDirectory queues, IOptions<OutboxOptions> options, TimeProvider time, ILogger<SharedTaskSweep> logger)
    : BackgroundService
{
    /// <summary>The number of tasks that are read in one query.</summary>
    private const int PageSize = 500;

    private static readonly string Open =
        $"""
        SELECT c.task_id, max(c.expected) FROM messaging.task_consumers c JOIN messaging.tasks t ON t.id = c.task_id
        WHERE c.task_id > $1 AND c.ended_at < $2 AND t.state NOT IN ({TaskStates.EndedSql})
        GROUP BY c.task_id ORDER BY c.task_id LIMIT {PageSize}
        """;

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

    private async Task SweepAsync(CancellationToken stoppingToken)
    {
        try
        {
            var before = await StoreDeadline.RunAsync(_options.CommitTimeout, clock.NowAsync, stoppingToken) - _options.ConsumerGoneAfter;
            var after = Guid.Empty;
            while (!stoppingToken.IsCancellationRequested)
            {
                var page = await StoreDeadline.RunAsync(
                    _options.CommitTimeout,
                    token => queries.QueryAsync(Open, [after, new StoreTime(before)], reader => (Id: reader.GetGuid(0), Expected: ExpectedConsumers.Parse(reader.GetString(1))), token),
                    stoppingToken);
                foreach (var (id, expected) in page)
                {
                    if (expected is not null)
                    {
                        await CheckAsync(id, expected, stoppingToken);
                    }
                }

                if (page.Count < PageSize)
                {
                    break;
                }

                after = page[^1].Id;
            }
        }
        catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
        {
            LogFailed(FailureText.Of(exception));
        }
    }

    private async Task CheckAsync(Guid id, ExpectedConsumers expected, CancellationToken stoppingToken)
    {
        var done = await StoreDeadline.RunAsync(
            _options.CommitTimeout,
            token => queries.QueryAsync("SELECT queue FROM messaging.task_consumers WHERE task_id = $1 AND failed = 0", [id], reader => reader.GetString(0), token),
            stoppingToken);
        var work = new StagedWork();
        if (done.Count > 0 && expected.AreDone(done, queues.IsGone))
        {
            work.Outcomes.Add(new TaskOutcome(id, TaskState.Succeeded, Attempts: 0, StartedAt: null)
            {
                HasSuccessors = true, // not known here
                Share = new TaskShare(ConsumerId: null, Queue: "", expected) { IsGone = queues.IsGone },
            });
            LogEnded(id, string.Join(", ", expected.Missing(done)));
        }
        else
        {
            work.Commands.Add(new StagedCommand(
                // the task may have ended since it was read
                dialect.Names.In($"UPDATE messaging.tasks SET last_error = $2 WHERE id = $1 AND last_error IS NULL AND state NOT IN ({TaskStates.EndedSql})"),
                [id, $"Some consumers are done; those on {string.Join(", ", expected.Missing(done))} are not."]));
        }

        await committer.CommitAsync(work, stoppingToken);
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
