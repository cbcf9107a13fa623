using Messaging.Outbox.Store;

namespace Messaging.Outbox.Recovery;

/// <summary>Reads what became of sent messages: the same SQL for both dialects, in a transaction or without one.</summary>
internal sealed class SentReader(IStoreReader store, CancellationToken cancellationToken)
{
    /// <summary>The maximum number of ids in one statement.</summary>
    public const int Chunk = 500;

    // A task of several consumers that one has dead-lettered is not over for the others.
    private static readonly string MayBeOpen =
        $"(state IN ({TaskStates.ActiveSql}) OR state = {(int)TaskState.Failed} AND EXISTS (SELECT 1 FROM messaging.task_consumers AS c WHERE c.task_id = t.id))";

    /// <param name="ids">Tasks.</param>
    /// <param name="lockRows">The clause that locks their rows.</param>
    /// <returns>Those whose message a queue may have.</returns>
    public async Task<Dictionary<Guid, OpenTask>> FindOpenAsync(IEnumerable<Guid> ids, string lockRows = "")
    {
        var tasks = await InChunksAsync(ids.Distinct().Order(), (list, parameters) => store.QueryAsync(
            $"""
            SELECT id, state, queue, started_at, next_attempt_at, attempts, redrives FROM messaging.tasks AS t
            WHERE id IN ({list}) AND {MayBeOpen} ORDER BY id {lockRows}
            """,
            parameters,
            reader => new OpenTask(
                reader.GetGuid(0), (TaskState)reader.GetInt16(1), reader.Text(2), reader.Time(3), reader.Time(4), reader.GetInt32(5), reader.GetInt32(6)),
            cancellationToken));
        var shares = await FindSharesAsync(tasks.Select(task => task.Id));
        return tasks.Select(task => task with { Shares = shares.GetValueOrDefault(task.Id) }).Where(task => task.IsOpen).ToDictionary(task => task.Id);
    }

    /// <summary>The tasks that workers have reported as running since.</summary>
    public async Task<HashSet<Guid>> FindRunningAsync(DateTimeOffset reportedSince) =>
        [.. (await store.QueryAsync(
            "SELECT running FROM messaging.queue_workers WHERE seen_at > $1 AND running IS NOT NULL",
            [new StoreTime(reportedSince)],
            reader => reader.GetFieldValue<byte[]>(0),
            cancellationToken)).SelectMany(SentBatch.UnpackIds)];

    public async Task<IReadOnlyList<OutboxMessage>> MessagesAsync(long batch) =>
        [.. (await store.QueryAsync(
            "SELECT messages FROM messaging.sent_messages WHERE id = $1", [batch], reader => reader.GetFieldValue<byte[]>(0), cancellationToken)).SelectMany(SentBatch.Unpack)];

    public static async Task<List<T>> InChunksAsync<T>(IEnumerable<Guid> ids, Func<string, object?[], Task<IReadOnlyList<T>>> query)
    {
        var found = new List<T>();
        foreach (var chunk in ids.Chunk(Chunk))
        {
            found.AddRange(await query(SqlFilter.Numbered(chunk.Length), [.. chunk]));
        }

        return found;
    }

    private async Task<Dictionary<Guid, TaskShares>> FindSharesAsync(IEnumerable<Guid> ids)
    {
        var rows = await InChunksAsync(ids, (list, parameters) => store.QueryAsync(
            $"SELECT task_id, queue, failed, expected FROM messaging.task_consumers WHERE task_id IN ({list})",
            parameters,
            reader => (Task: reader.GetGuid(0), Queue: reader.GetString(1), Failed: reader.GetInt16(2) != 0, Expected: reader.GetString(3)),
            cancellationToken));
        return (from row in rows
                group row by row.Task into task
                let expected = ExpectedConsumers.Parse(task.First().Expected)
                where expected is not null
                select (task.Key, Shares: new TaskShares(
                    expected, [.. task.Where(row => !row.Failed).Select(row => row.Queue)], [.. task.Where(row => row.Failed).Select(row => row.Queue)])))
            .ToDictionary(task => task.Key, task => task.Shares);
    }
}
