using Messaging.Outbox.Store;
using Messaging.Outbox.Transport;

namespace Messaging.Outbox.Reasons;

/// <summary>Reads all that is known about the messages of tasks that are due: a number of statements that does not depend on how many they are.</summary>
internal sealed class OpenTasks(OutboxReader store, OutboxRows outbox, QueueDepthReader depths, IMessageTransport transport, StoreClock time)
{
    public async Task<IReadOnlyList<OpenTask>> ReadAsync(IReadOnlyList<TaskRecord> tasks, ServiceStatus service, CancellationToken cancellationToken)
    {
        object?[] ids = [.. tasks.Select(task => (object?)task.Id)];
        var list = SqlFilter.Numbered(tasks.Count);
        var shares = await SharesAsync(list, ids, cancellationToken);
        var isolated = await IsolatedAsync(list, ids, cancellationToken);
        var rows = await outbox.FindAsync([.. tasks.Select(task => task.Id)], cancellationToken);
        var open = tasks.Select(task => Of(task, shares.GetValueOrDefault(task.Id), service)).ToList();
        var known = open.Select(task => task.Status?.Name).OfType<string>().Distinct(StringComparer.Ordinal).ToList();
        var counted = await depths.GetAsync(known, cancellationToken);
        var missing = open.Where(task => !rows.ContainsKey(task.Task.Id) && task.Queue is { } queue && counted.GetValueOrDefault(queue) is { Due: > 0 }).ToList();
        var searched = await outbox.SearchAsync(
            [.. missing.Select(task => task.Task.Id)], [.. missing.Select(task => task.Queue!).Distinct(StringComparer.Ordinal)], time.GetUtcNow(), cancellationToken);
        return
        [
            .. open.Select(task => task with
            {
                Depth = task.Status is { } queue ? Waiting(counted[queue.Name], queue) : null,
                Row = rows.GetValueOrDefault(task.Task.Id) ?? searched.Rows.GetValueOrDefault(task.Task.Id),
                Search = task.Queue is null ? RowSearch.Whole : searched.Queues.GetValueOrDefault(task.Queue),
                IsolatedSince = isolated.TryGetValue(task.Task.Id, out var since) ? since : null,
            }),
        ];
    }

    /// <summary>In memory a row stays in the outbox until its consumers are done.</summary>
    private QueueDepth Waiting(QueueDepth depth, QueueStatus queue) =>
        transport.ConsumersSettle ? depth with { Due = Math.Max(0, depth.Due - queue.InFlight) } : depth;

    private static OpenTask Of(TaskRecord task, Share? share, ServiceStatus service)
    {
        var queue = share?.Missing ?? task.Queue;
        var gone = task is { State: TaskState.Running, Worker: { } worker } && !service.Processes.Contains(worker)
            ? $"Attempt {task.Attempts} was running on {worker}, which is not alive any more. " : "";
        return new OpenTask(task)
        {
            Queue = queue,
            Status = queue is null ? null : service.Queues.GetValueOrDefault(queue),
            Before = share is null ? gone : $"Its consumers on {share.Done} are done, and those on {share.Missing} are not. {gone}",
        };
    }

    /// <summary>Of tasks with several consumers, which are done; those of which none is done have no rows.</summary>
    private async Task<IReadOnlyDictionary<Guid, Share>> SharesAsync(string list, object?[] ids, CancellationToken cancellationToken)
    {
        var rows = await store.QueryAsync(
            $"SELECT task_id, queue, expected FROM messaging.task_consumers WHERE task_id IN ({list}) AND failed = 0",
            ids,
            reader => (Task: reader.GetGuid(0), Queue: reader.GetString(1), Expected: reader.GetString(2)),
            cancellationToken);
        return (from row in rows
                group row by row.Task into task
                let done = task.Select(row => row.Queue).ToList()
                let missing = ExpectedConsumers.Parse(task.First().Expected)?.Missing(done).Order(StringComparer.Ordinal).FirstOrDefault()
                where missing is not null
                select (task.Key, Share: new Share(string.Join(", ", done.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)), missing)))
            .ToDictionary(row => row.Key, row => row.Share);
    }

    /// <summary>Messages whose latest step is an isolated execution, with when it began.</summary>
    private async Task<IReadOnlyDictionary<Guid, DateTimeOffset>> IsolatedAsync(string list, object?[] ids, CancellationToken cancellationToken)
    {
        var steps = await store.QueryAsync(
            $"""
            SELECT i.message_id, max(i.consumed_at), max(CASE WHEN i.kind = '{InboxKind.Isolated}' THEN i.consumed_at END)
            FROM messaging.inbox AS i WHERE i.message_id IN ({list}) GROUP BY i.message_id
            """,
            ids,
            reader => (Message: reader.GetGuid(0), Latest: reader.Time(1), Isolated: reader.Time(2)),
            cancellationToken);
        return steps.Where(step => step.Isolated is { } at && at == step.Latest).ToDictionary(step => step.Message, step => step.Isolated!.Value);
    }

    private sealed record Share(string Done, string Missing);
}
