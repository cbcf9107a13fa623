using Messaging.Outbox.Store;
using Messaging.Outbox.Transport;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.Reasons;

/// <summary>
/// Tasks that are Queued, Scheduled, Retrying or Running: not due yet, running, or somewhere on the way to their consumer. The first thing that holds up a task on its
/// way is its reason (docs/decisions/0051).
/// </summary>
internal sealed class OpenReasons(
    OutboxReader store, OpenTasks open, SentMessages sent, ServiceStatusReader status, IMessageTransport transport, IBrokerWatch watch, IOptions<OutboxOptions> options, StoreClock time)
{
    private readonly OutboxOptions _options = options.Value;

    public async Task<IEnumerable<TaskReason>> ReadAsync(IReadOnlyList<TaskRecord> tasks, CancellationToken cancellationToken)
    {
        if (tasks.Count == 0)
        {
            return [];
        }

        var service = await status.GetAsync(cancellationToken);
        var now = time.GetUtcNow();
        var isLater = tasks.ToLookup(task => task.NextAttemptAt > now);
        var later = await LaterAsync([.. isLater[true]], service, now, cancellationToken);
        return isLater[false].Any() ? later.Concat(await DueAsync([.. isLater[false]], service, cancellationToken)) : later;
    }

    private async Task<IEnumerable<TaskReason>> LaterAsync(IReadOnlyList<TaskRecord> tasks, ServiceStatus service, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var retrying = tasks.Where(task => task.State == TaskState.Retrying).Select(task => (object?)task.Id).ToList();
        var failedAt = retrying.Count == 0 ? [] : (await store.QueryAsync(
            $"SELECT task_id, max(ended_at) FROM messaging.task_attempts WHERE task_id IN ({SqlFilter.Numbered(retrying.Count)}) GROUP BY task_id",
            retrying,
            reader => (Task: reader.GetGuid(0), At: reader.Time(1)!.Value),
            cancellationToken)).ToDictionary(row => row.Task, row => row.At);
        return tasks.Select(task =>
        {
            var at = task.NextAttemptAt!.Value;
            var failed = failedAt.TryGetValue(task.Id, out var end) ? end : (DateTimeOffset?)null;
            var due = $"due in {Words.For(at - now)}, at {Words.At(at, now)}.";
            var cause = task.State == TaskState.Retrying
                ? new Cause(TaskReasonCode.RetryDueLater, $"Attempt {task.Attempts} failed{(failed is { } ended ? $" at {Words.At(ended, now)}" : "")}{Words.Quoted(task.LastError)}. The next one is {due}", "")
                : new Cause(TaskReasonCode.DueLater, $"It is {due}", "");
            var known = new OpenTask(task) { Queue = task.Queue, Status = task.Queue is null ? null : service.Queues.GetValueOrDefault(task.Queue) };
            return (cause with { Until = at, Since = failed ?? task.CreatedAt, Advice = $"To run it now: POST /tasks/{task.Id}/retry." })
                .For(task, task.Queue, others: new[] { QueueCauses.Paused(known, now), QueueCauses.NoWorker(known, now) }.OfType<Cause>());
        });
    }

    private async Task<IEnumerable<TaskReason>> DueAsync(IReadOnlyList<TaskRecord> tasks, ServiceStatus service, CancellationToken cancellationToken)
    {
        var due = await open.ReadAsync(tasks, service, cancellationToken);
        var now = time.GetUtcNow();
        var all = due.Select(task => (Task: task, Causes: Causes(task, service, now).OfType<Cause>().ToList())).ToList();
        var clear = all.Where(item => item.Causes.Count == 0).Select(item => item.Task).ToList();
        var batches = await sent.FindAsync([.. clear.Where(task => task.Row is null).Select(task => task.Task)], cancellationToken);
        return all.Select(item => item.Causes is [var first, .. var others]
            ? first.For(item.Task.Task, item.Task.Queue, item.Task.Before, first.Code is TaskReasonCode.Running or TaskReasonCode.Quarantined ? [] : others)
            : Place(item.Task, batches.GetValueOrDefault(item.Task.Task.Id), service, now).For(item.Task.Task, item.Task.Queue, item.Task.Before));
    }

    /// <summary>What holds up a task, in the order of its way.</summary>
    private IEnumerable<Cause?> Causes(OpenTask task, ServiceStatus service, DateTimeOffset now)
    {
        yield return Quarantined(task, service, now);
        yield return Running(task.Task, service, now);
        yield return DispatchCauses.RowDueLater(task, now);
        yield return DispatchCauses.Undeliverable(task, _options.UndeliverableAfter, now);
        yield return DispatchCauses.NoDispatcher(task, service, now);
        yield return DispatchCauses.BrokerUnavailable(task, transport, watch, now);
        yield return QueueCauses.Paused(task, now);
        yield return QueueCauses.NoWorker(task, now);
        yield return QueueCauses.RateLimit(task, _options.QueueReportInterval, transport.IsDurable, now);
        yield return QueueCauses.ConcurrencyLimit(task);
    }

    private Cause Place(OpenTask task, SentMessage? batch, ServiceStatus service, DateTimeOffset now) => task.Row is { } row
        ? PlaceCauses.InOutbox(task, row, transport.ConsumersSettle, service.Dispatchers, now)
        : PlaceCauses.Sent(task, batch, IsLost(task, batch, now), now);

    /// <summary>Long enough after it was sent, so that all workers have reported since: nobody has it.</summary>
    private bool IsLost(OpenTask task, SentMessage? batch, DateTimeOffset now) =>
        batch is not null && task is { Depth: { Ready: 0, Due: 0 }, Status: { InFlight: 0, ReportedAt: { } reportedAt } } && reportedAt > batch.By && now - batch.By > _options.WorkerIsAliveFor;

    private static Cause? Running(TaskRecord task, ServiceStatus service, DateTimeOffset now) =>
        task is not { State: TaskState.Running, Worker: { } worker } || !service.Processes.Contains(worker) ? null : new Cause(
            TaskReasonCode.Running,
            $"Attempt {task.Attempts} is running on {worker}{(task.StartedAt is { } start ? $" for {Words.For(now - start)}, since {Words.At(start, now)}" : "")}"
            + $"{(task.Progress is { } percent ? $"; it has reported {percent} %{(task.ProgressText is { } text ? $" ({text})" : "")}" : "")}.",
            $"attempt {task.Attempts} is running on {worker}")
        {
            Since = task.StartedAt,
        };

    private static Cause? Quarantined(OpenTask task, ServiceStatus service, DateTimeOffset now) => task.IsolatedSince is not { } since ? null : new Cause(
        TaskReasonCode.Quarantined,
        $"It is quarantined, because too many of its deliveries ended without an outcome: its one isolated execution began at {Words.At(since, now)} and has no outcome yet"
        + $"{(task.Task is { State: TaskState.Running, Worker: { } worker } && service.Processes.Contains(worker) ? $"; it is running on {worker}" : "")}.",
        "")
    {
        Advice = "See in the log of its worker what ended it before. If this execution ends without an outcome as well, it becomes a dead letter.",
        Since = since,
    };
}
