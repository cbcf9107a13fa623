using Messaging.Outbox.Store;

namespace Messaging.Outbox.Recovery;

/// <summary>Writes the batches of sent messages, in one transaction: the same SQL for both dialects.</summary>
internal sealed class SentSql(OutboxTransaction transaction, CancellationToken cancellationToken)
{
    /// <summary>The number of batches that are checked at once.</summary>
    public const int Batches = 20;

    /// <summary>Reads the first batches that are due for a check, and locks them.</summary>
    public Task<List<SentRow>> FindDueAsync(DateTimeOffset now) => transaction.QueryAsync(
        $"SELECT id, ids FROM messaging.sent_messages WHERE check_at <= $1 ORDER BY check_at LIMIT {Batches} {transaction.Dialect.SkipLocked}",
        SentRow.Read,
        cancellationToken,
        new StoreTime(now));

    /// <summary>Takes batches: they are due at another time, also if this process dies.</summary>
    public Task TakeAsync(IReadOnlyList<SentRow> rows, DateTimeOffset checkAt) => rows.Count == 0 ? Task.CompletedTask : transaction.ExecuteAsync(
        $"UPDATE messaging.sent_messages SET check_at = $1 WHERE id IN ({SqlFilter.Numbered(rows.Count, 2)})",
        cancellationToken,
        [new StoreTime(checkAt), .. rows.Select(row => (object?)row.Id)]);

    /// <summary>Locks batches.</summary>
    /// <returns>Those that nobody has taken since.</returns>
    public async Task<HashSet<long>> HoldAsync(IReadOnlyCollection<long> ids, DateTimeOffset checkAt) =>
        [.. await transaction.QueryAsync(
            $"SELECT id FROM messaging.sent_messages WHERE check_at = $1 AND id IN ({SqlFilter.Numbered(ids.Count, 2)}) ORDER BY id {transaction.Dialect.LockRows}",
            reader => reader.GetInt64(0),
            cancellationToken,
            [new StoreTime(checkAt), .. ids.Select(id => (object?)id)])];

    /// <summary>Leaves these messages in a batch, which is deleted if there are none.</summary>
    public Task ReplaceAsync(long id, IReadOnlyList<OutboxMessage> messages)
    {
        if (messages.Count == 0)
        {
            return DeleteAsync(id);
        }

        var batch = SentBatch.Pack(messages, TimeSpan.Zero).Single(); // a part of what was one batch
        return transaction.ExecuteAsync(
            "UPDATE messaging.sent_messages SET ids = $2, messages = $3 WHERE id = $1", cancellationToken, id, batch.Ids, batch.Messages);
    }

    public Task DeleteAsync(long id) => transaction.ExecuteAsync("DELETE FROM messaging.sent_messages WHERE id = $1", cancellationToken, id);

    /// <summary>Shows tasks as Queued; one of several consumers that has failed stays so.</summary>
    public async Task RequeueAsync(IEnumerable<Guid> tasks)
    {
        foreach (var chunk in tasks.Order().Chunk(SentReader.Chunk))
        {
            await transaction.ExecuteAsync(
                $"""
                UPDATE messaging.tasks SET state = {(int)TaskState.Queued}, next_attempt_at = NULL
                WHERE id IN ({SqlFilter.Numbered(chunk.Length)}) AND state IN ({TaskStates.ActiveSql})
                """,
                cancellationToken,
                [.. chunk]);
        }
    }
}
