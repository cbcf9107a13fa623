using Messaging.Outbox.Store;

namespace Messaging.Outbox.Recovery;

/// <summary>The SQL of <see cref="LostMessages"/>, in one transaction: the same for both dialects.</summary>
internal sealed class SentSql(OutboxTransaction transaction, string skipLocked, CancellationToken cancellationToken)
{
    /// <summary>The number of batches that are checked in one transaction.</summary>
    public const int Batches = 20;

    /// <summary>The maximum number of parameters of one statement.</summary>
    private const int Chunk = 500;

    /// <summary>The task may have been sent, and has not ended.</summary>
    private static readonly string Open = $"state IN ({TaskStates.ActiveSql})";

    public Task<List<SentRow>> TakeAsync(DateTimeOffset now) =>
        RowsAsync($"check_at <= $1 ORDER BY check_at LIMIT {Batches} {skipLocked}", new StoreTime(now));

    public Task<List<OpenTask>> FindOpenAsync(IEnumerable<Guid> ids) => InChunksAsync(ids, (list, parameters) => transaction.QueryAsync(
        $"SELECT id, state, queue, started_at FROM messaging.tasks WHERE id IN ({list}) AND {Open}",
        reader => new OpenTask(reader.GetGuid(0), (TaskState)reader.GetInt16(1), reader.Text(2), reader.Time(3)),
        cancellationToken,
        parameters));

    /// <summary>Messages that are in the outbox, or that a dispatcher has claimed from there.</summary>
    public Task<List<Guid>> FindUnsentAsync(IEnumerable<Guid> ids) => InChunksAsync(ids, (list, parameters) => transaction.QueryAsync(
        $"SELECT message_id FROM messaging.outbox WHERE message_id IN ({list})", reader => reader.GetGuid(0), cancellationToken, parameters));

    /// <summary>The ids of messages that were sent after this batch.</summary>
    public Task<List<SentRow>> FindLaterAsync(long id) => RowsAsync("id > $1", id);

    /// <summary>The tasks that workers report as running.</summary>
    public async Task<HashSet<Guid>> FindRunningAsync(DateTimeOffset aliveSince) =>
        [.. (await transaction.QueryAsync(
            "SELECT running FROM messaging.queue_workers WHERE seen_at > $1 AND running IS NOT NULL",
            reader => reader.GetFieldValue<byte[]>(0),
            cancellationToken,
            new StoreTime(aliveSince))).SelectMany(SentBatch.UnpackIds)];

    /// <returns>The tasks that had not ended and are Queued now.</returns>
    public async Task<HashSet<Guid>> RequeueAsync(IEnumerable<Guid> ids) =>
        [.. await InChunksAsync(ids.Order(), (list, parameters) => transaction.QueryAsync(
            $"UPDATE messaging.tasks SET state = {(int)TaskState.Queued}, next_attempt_at = NULL WHERE id IN ({list}) AND {Open} RETURNING id",
            reader => reader.GetGuid(0),
            cancellationToken,
            parameters))];

    public async Task<IReadOnlyList<OutboxMessage>> ReadMessagesAsync(long id) =>
        SentBatch.Unpack((await transaction.QueryAsync(
            "SELECT messages FROM messaging.sent_messages WHERE id = $1", reader => reader.GetFieldValue<byte[]>(0), cancellationToken, id)).Single());

    public Task CheckLaterAsync(long id, DateTimeOffset checkAt) => transaction.ExecuteAsync(
        "UPDATE messaging.sent_messages SET check_at = $2 WHERE id = $1", cancellationToken, id, new StoreTime(checkAt));

    public Task DeleteAsync(long id) => transaction.ExecuteAsync("DELETE FROM messaging.sent_messages WHERE id = $1", cancellationToken, id);

    private Task<List<SentRow>> RowsAsync(string where, object parameter) => transaction.QueryAsync(
        $"SELECT id, ids FROM messaging.sent_messages WHERE {where}",
        reader => new SentRow(reader.GetInt64(0), [.. SentBatch.UnpackIds(reader.GetFieldValue<byte[]>(1))]),
        cancellationToken,
        parameter);

    private static async Task<List<T>> InChunksAsync<T>(IEnumerable<Guid> ids, Func<string, object?[], Task<List<T>>> query)
    {
        var found = new List<T>();
        foreach (var chunk in ids.Chunk(Chunk))
        {
            found.AddRange(await query(SqlFilter.Numbered(chunk.Length), [.. chunk]));
        }

        return found;
    }
}

/// <summary>A batch of sent messages.</summary>
internal sealed record SentRow(long Id, IReadOnlyList<Guid> Ids);

/// <summary>A task that was sent and has not ended.</summary>
internal sealed record OpenTask(Guid Id, TaskState State, string? Queue, DateTimeOffset? StartedAt);
