using Messaging.Outbox.Store;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.Overview;

/// <summary>Reads the tasks that processes have reported as running, by their ids.</summary>
internal sealed class RunningTaskReader(OutboxReader store, StoreClock time, IOptions<OutboxOptions> options)
{
    private const int Chunk = 200;

    /// <summary>The tasks of a queue that are running, the longest first.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="max">The maximum number.</param>
    /// <param name="cancellationToken">Cancels the queries.</param>
    public async Task<IReadOnlyList<TaskRecord>> OfQueueAsync(string queue, int max, CancellationToken cancellationToken)
    {
        var packed = await store.QueryAsync(
            "SELECT running FROM messaging.queue_workers WHERE queue = $1 AND seen_at > $2 AND running IS NOT NULL ORDER BY worker",
            [queue, new StoreTime(time.GetUtcNow() - options.Value.WorkerIsAliveFor)],
            reader => reader.GetFieldValue<byte[]>(0),
            cancellationToken);
        var running = await FindAsync([.. packed.SelectMany(SentBatch.UnpackIds).Distinct().Take(max)], cancellationToken);
        return [.. running.Values.OrderBy(t => t.StartedAt)];
    }

    /// <summary>Those of the tasks that are running now; a report may be some seconds old.</summary>
    public async Task<IReadOnlyDictionary<Guid, TaskRecord>> FindAsync(IReadOnlyList<Guid> ids, CancellationToken cancellationToken)
    {
        var found = new Dictionary<Guid, TaskRecord>();
        foreach (var chunk in ids.Chunk(Chunk))
        {
            var tasks = await store.QueryAsync(
                $"SELECT {TaskReader.Columns} FROM messaging.tasks WHERE id IN ({SqlFilter.Numbered(chunk.Length)}) AND state = {(int)TaskState.Running}",
                [.. chunk.Select(id => (object?)id)],
                TaskReader.Read,
                cancellationToken);
            foreach (var task in tasks)
            {
                found[task.Id] = task;
            }
        }

        return found;
    }
}
